// Delivery from the outbox to a real SMTP server, including its failures.
#include <atomic>
#include <filesystem>
#include <functional>
#include <set>
#include <thread>

#include "mail_fixture.hpp"
#include "taskward/domain/deliver_mail.hpp"
#include "taskward/mail/file_drop.hpp"
#include "taskward/mail/smtp.hpp"
#include "tests/support/counting_random.hpp"
#include "tests/support/smtp_server.hpp"

namespace taskward::testing {
namespace {

using namespace std::chrono_literals;
using Encryption = SmtpServer::Encryption;

struct DeliveryFixture : MailFixture {
  const mail::CurlLibrary curl;
  const mail::Templates templates{(repository() / "src/mail/templates").string()};
  const model::Mailbox from{"", "taskward@example.org"};
  SmtpServer server;
  const Secret password{SmtpServer::kPassword};
  const Secret wrong_password{"another password"};
  std::chrono::seconds lease{60};
  std::atomic<bool> must_end{false};

  mail::SmtpServer settings() const {
    return {"localhost",
            server.port(),
            mail::Encryption::starttls,
            SmtpServer::kUsername,
            password,
            server.ca_file(),
            20s};
  }
  model::NoMeter meter;
  bool deliver_by(mail::Transport& transport, db::Connection& connection) {
    const domain::Deliverer deliverer{connection, clock,     random, log,   keys.mail,
                                      templates,  transport, from,   lease, [&] { return must_end.load(); },
                                      meter};
    return domain::deliver_next(deliverer);
  }
  bool deliver(const mail::SmtpServer& to) {
    mail::SmtpTransport transport(curl, to);
    return deliver_by(transport, service);
  }
  bool deliver() { return deliver(settings()); }
  std::string last_error(const model::MailId& id) { return column(id, "last_error"); }
  /// The mail is waiting, and its last error contains the reason.
  void expect_waiting(const model::MailId& id, const std::string& reason) {
    BOOST_TEST(state(id) == "waiting");
    BOOST_TEST(column(id, "next_try_at > now() and claimed_by is null and sealed is not null") == "true");
    BOOST_TEST(last_error(id).find(reason) != std::string::npos, last_error(id));
  }
  void expect_delivered_next(const model::MailId& id) {
    const std::size_t before = server.messages().size();
    server.behave("accept");
    make_due();
    BOOST_TEST(deliver());
    BOOST_TEST(state(id) == "handed_over");
    BOOST_TEST(server.messages().size() == before + 1);
    BOOST_TEST(!deliver());
  }
};

/// The duration of `work` in seconds.
double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

BOOST_FIXTURE_TEST_SUITE(mail_delivery, DeliveryFixture)

BOOST_AUTO_TEST_CASE(mail_is_sent_encrypted_after_login_and_then_erased) {
  BOOST_TEST(!deliver());
  const auto id = queue();
  BOOST_TEST(deliver());
  BOOST_TEST(state(id) == "handed_over");
  BOOST_TEST(server.count("content tls login") == 1U);
  BOOST_TEST(server.recipients() == Lines{"ada@example.com"}, boost::test_tools::per_element());
  const std::string message = server.messages().at(0);
  BOOST_TEST(
      message.starts_with("Subject: 123456 is your Taskward code\r\nFrom: taskward@example.org\r\n"
                          "To: ada@example.com\r\nDate: "));
  BOOST_TEST(message.find("\r\nMessage-ID: <" + mail::in_letters(id.uuid) + "@example.org>\r\n") !=
             std::string::npos);
  BOOST_TEST(message.find("expires after 10 minutes") != std::string::npos);
  BOOST_TEST(!deliver());
}

BOOST_AUTO_TEST_CASE(lines_starting_with_a_dot_arrive_unchanged) {
  const auto message =
      mail::compose(from, "ada@example.com", {"x", ".\n..two\n.\n", ".\n"}, Uuid{}, clock.now());
  const auto to = settings();
  mail::SmtpTransport transport(curl, to);
  BOOST_TEST((transport.hand_over(*message, [] { return false; }).verdict == mail::Verdict::accepted));
  BOOST_TEST(server.messages().at(0) == message->content.reveal());
}

BOOST_AUTO_TEST_CASE(mail_is_delivered_once_after_a_server_outage) {
  const auto id = queue();
  server.stop();
  BOOST_TEST(deliver());
  expect_waiting(id, "localhost:" + std::to_string(server.port()) + ": Failed to connect");
  BOOST_TEST(!deliver());
  server.start();
  expect_delivered_next(id);
}

BOOST_AUTO_TEST_CASE(temporary_rejection_keeps_the_mail_waiting) {
  const auto id = queue();
  for (const char* how : {"reject 451", "reject-rcpt 450", "reject-rcpt 421"}) {
    server.behave(how);
    make_due();
    BOOST_TEST(deliver());
    expect_waiting(id, " answered 4");
  }
  expect_delivered_next(id);
}

BOOST_AUTO_TEST_CASE(permanent_rejection_is_final_until_an_operator_retries) {
  for (const char* how : {"reject 550", "reject-rcpt 553", "reject 554"}) {
    const auto id = queue();
    server.behave(how);
    BOOST_TEST(deliver());
    BOOST_TEST(state(id) == "dead");
    BOOST_TEST(last_error(id).find(" answered 55") != std::string::npos, last_error(id));
    make_due();
    BOOST_TEST(!deliver());
    BOOST_TEST(store::retry_mail(service, std::array{id}, new_id<AuditId>()).empty());
    expect_delivered_next(id);
  }
}

BOOST_AUTO_TEST_CASE(mail_content_echoed_by_the_server_is_not_stored) {
  const auto id = queue();
  server.behave("echo 550");
  BOOST_TEST(deliver());
  BOOST_TEST(state(id) == "dead");
  BOOST_TEST(last_error(id).find("spam: Subject: … is your") != std::string::npos, last_error(id));
  const auto other = queue("Bob@Example.com");
  server.behave("reject-rcpt 550");
  BOOST_TEST(deliver());
  BOOST_TEST(last_error(other).ends_with("550 5.1.1 <…> is not taken here"), last_error(other));
}

BOOST_AUTO_TEST_CASE(connection_lost_during_transfer_loses_no_mail) {
  const auto id = queue();
  server.behave("die");
  BOOST_TEST(deliver());
  BOOST_TEST(server.count("died") == 1U);
  expect_waiting(id, "localhost:");
  expect_delivered_next(id);
  BOOST_TEST(server.messages().size() == 1U);
}

BOOST_AUTO_TEST_CASE(lost_reply_leads_to_an_identical_second_copy) {
  const auto id = queue();
  server.behave("forget");
  BOOST_TEST(deliver());
  expect_waiting(id, "localhost:");
  expect_delivered_next(id);
  BOOST_TEST(server.messages().size() == 2U);
  BOOST_TEST(server.messages().at(0) == server.messages().at(1));
}

BOOST_AUTO_TEST_CASE(slow_server_is_tolerated_up_to_the_timeout, *boost::unit_test::label("slow")) {
  const auto id = queue();
  server.behave("slow 1.5");
  BOOST_TEST(deliver());
  BOOST_TEST(state(id) == "handed_over");
  const auto other = queue();
  server.behave("slow 30");
  auto hasty = settings();
  hasty.timeout = 1s;
  BOOST_TEST(seconds_of([&] { BOOST_TEST(deliver(hasty)); }) < 20);
  expect_waiting(other, "exceeded MAIL_TIMEOUT");
}

BOOST_AUTO_TEST_CASE(delayed_quit_reply_does_not_block_delivery) {
  const auto id = queue();
  server.behave("linger 30");
  auto patient = settings();
  patient.timeout = 60s;
  BOOST_TEST(seconds_of([&] { BOOST_TEST(deliver(patient)); }) < 20);
  BOOST_TEST(state(id) == "handed_over");
}

BOOST_AUTO_TEST_CASE(delivery_in_progress_can_be_aborted, *boost::unit_test::label("slow")) {
  const auto id = queue();
  server.behave("slow 30");
  std::jthread ending([&] {
    wait_until([&] { return server.count("content tls login") == 1; });
    must_end = true;
  });
  auto patient = settings();
  patient.timeout = 60s;
  BOOST_TEST(seconds_of([&] { BOOST_TEST(deliver(patient)); }) < 20);
  expect_waiting(id, "the process is being stopped");
}

BOOST_AUTO_TEST_CASE(only_a_server_with_the_right_certificate_gets_mail) {
  const auto id = queue();
  auto wrong = settings();
  wrong.ca_file = server.wrong_ca_file();
  BOOST_TEST(deliver(wrong));
  expect_waiting(id, "certificate");
  wrong.ca_file = server.ca_file();
  // The right certificate authority, but another host name.
  wrong.host = "127.0.0.2";
  make_due();
  BOOST_TEST(deliver(wrong));
  expect_waiting(id, "127.0.0.2:");
  BOOST_TEST(server.count("login good") == 0U);
  expect_delivered_next(id);
}

BOOST_AUTO_TEST_CASE(server_without_starttls_gets_no_mail_unless_configured) {
  SmtpServer plain(Encryption::plain);
  const auto id = queue();
  auto to = settings();
  to.port = plain.port();
  to.ca_file = plain.ca_file();
  BOOST_TEST(deliver(to));
  expect_waiting(id, "STARTTLS");
  BOOST_TEST(plain.messages().empty());
  // Unencrypted delivery must be configured.
  const Secret none;
  const mail::SmtpServer unencrypted{"127.0.0.1", plain.port(), mail::Encryption::none, "", none, "", 20s};
  make_due();
  BOOST_TEST(deliver(unencrypted));
  BOOST_TEST(plain.count("content plain no-login") == 1U);
}

BOOST_AUTO_TEST_CASE(implicit_tls_is_supported) {
  SmtpServer tls(Encryption::tls);
  static_cast<void>(queue());
  const mail::SmtpServer to{"localhost",   tls.port(), mail::Encryption::tls, SmtpServer::kUsername, password,
                            tls.ca_file(), 20s};
  BOOST_TEST(deliver(to));
  BOOST_TEST(tls.count("content tls login") == 1U);
}

BOOST_AUTO_TEST_CASE(wrong_or_missing_credentials_keep_the_mail_waiting) {
  const auto id = queue();
  const mail::SmtpServer wrong{"localhost",
                               server.port(),
                               mail::Encryption::starttls,
                               SmtpServer::kUsername,
                               wrong_password,
                               server.ca_file(),
                               20s};
  BOOST_TEST(deliver(wrong));
  expect_waiting(id, " answered 535");
  BOOST_TEST(last_error(id).find("another password") == std::string::npos);
  const mail::SmtpServer none{
      "localhost", server.port(), mail::Encryption::starttls, "", password, server.ca_file(), 20s};
  make_due();
  BOOST_TEST(deliver(none));
  expect_waiting(id, " answered 530");
  expect_delivered_next(id);
}

BOOST_AUTO_TEST_CASE(mail_claimed_by_a_killed_process_is_delivered_later) {
  const auto id = queue();
  // The process that claimed it no longer exists.
  static_cast<void>(store::claim_mail(service, new_claim(), 60s));
  BOOST_TEST(!deliver());
  execute("update taskward.outbox set claimed_until = now()");
  BOOST_TEST(deliver());
  BOOST_TEST(state(id) == "handed_over");
  BOOST_TEST(server.messages().size() == 1U);
}

BOOST_AUTO_TEST_CASE(two_deliverers_send_each_mail_once) {
  constexpr int kMails = 60;
  std::set<std::string> expected;
  for (int i = 0; i < kMails; ++i) {
    expected.insert("person" + std::to_string(i) + "@example.com");
    static_cast<void>(queue("person" + std::to_string(i) + "@example.com"));
  }
  const auto to = settings();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        const auto connection = connect();
        mail::SmtpTransport transport(curl, to);
        while (deliver_by(transport, *connection)) {
        }
      });
    }
  }
  const auto recipients = server.recipients();
  BOOST_TEST(recipients.size() == std::size_t{kMails});
  BOOST_TEST(std::set<std::string>(recipients.begin(), recipients.end()) == expected,
             boost::test_tools::per_element());
  BOOST_TEST(count_in_state("handed_over") == kMails);
}

BOOST_AUTO_TEST_CASE(unreadable_or_unknown_mail_waits_with_a_reason) {
  const auto id = queue();
  execute("update taskward.outbox set sealed = sealed || '\\x00'");
  BOOST_TEST(deliver());
  expect_waiting(id, "cannot be decrypted with this SECRET_KEY");
  const auto other = queue();
  execute("update taskward.outbox set kind = 'newsletter' where id = '" + other.text() + "'");
  BOOST_TEST(deliver());
  expect_waiting(other, "does not support mail of the kind newsletter");
  BOOST_TEST(server.count("login good") == 0U);
}

BOOST_AUTO_TEST_CASE(expired_mail_is_not_sent) {
  const auto id = queue("ada@example.com", 60s);
  server.behave("reject 451");
  BOOST_TEST(deliver());
  server.behave("accept");
  execute("update taskward.outbox set next_try_at = now(), useful_until = now()");
  BOOST_TEST(deliver());
  BOOST_TEST(state(id) == "dead");
  BOOST_TEST(last_error(id).starts_with("it expired before it was delivered; the last attempt: localhost:"),
             last_error(id));
  BOOST_TEST(server.messages().empty());
}

BOOST_AUTO_TEST_CASE(mail_is_abandoned_after_three_days_of_attempts) {
  const auto id = queue();
  execute("update taskward.outbox set attempts = 298");
  server.behave("reject 451");
  BOOST_TEST(deliver());
  expect_waiting(id, " answered 451");
  make_due();
  BOOST_TEST(deliver());
  BOOST_TEST(state(id) == "dead");
  BOOST_TEST(last_error(id).starts_with("too many attempts; the last: "), last_error(id));
}

BOOST_AUTO_TEST_CASE(delivery_is_recorded_despite_a_database_outage) {
  const auto id = queue();
  server.behave("slow 1");
  {
    std::jthread delivering([&] { BOOST_TEST(deliver()); });
    wait_until([&] { return server.count("content tls login") == 1; });
    testing::server().stop();
    // Outlasts the delay of the SMTP server, so that the first attempts to record the delivery fail.
    std::this_thread::sleep_for(1500ms);
    testing::server().start();
  }
  owner.disconnect();
  reconnect(owner);
  BOOST_TEST(state(id) == "handed_over");
  BOOST_TEST(server.messages().size() == 1U);
}

BOOST_AUTO_TEST_CASE(mail_is_written_to_a_file_without_a_server) {
  const auto id = queue();
  ThrowawayFolder folder;
  mail::FileDrop drop(folder.path().string());
  BOOST_TEST(deliver_by(drop, service));
  BOOST_TEST(state(id) == "handed_over");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    names.push_back(entry.path().filename().string());
  BOOST_REQUIRE(names.size() == 1U);
  BOOST_TEST(names[0].ends_with('-' + mail::in_letters(id.uuid) + ".eml"));
}

BOOST_AUTO_TEST_CASE(retry_pauses_double_from_one_second_to_fifteen_minutes) {
  CountingRandom lowest;
  BOOST_TEST(domain::mail_pause(1, lowest).count() == 800);
  CountingRandom highest(255);
  BOOST_TEST(domain::mail_pause(1, highest).count() == 1'200);
  for (int attempts = 1; attempts <= 10; ++attempts) {
    const double expected = 1'000.0 * (1 << (attempts - 1));
    const auto pause = static_cast<double>(domain::mail_pause(attempts, random).count());
    BOOST_TEST(pause >= 0.8 * expected - 1);
    BOOST_TEST(pause <= 1.2 * expected + 1);
  }
  for (const int attempts : {11, 50, domain::kMaxMailAttempts, 1'000'000}) {
    BOOST_TEST(domain::mail_pause(attempts, random).count() >= 720'000);
    BOOST_TEST(domain::mail_pause(attempts, random).count() <= 1'080'000);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
