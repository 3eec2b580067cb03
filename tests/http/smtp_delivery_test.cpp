// Delivery of mail to a real SMTP server, and the `taskward mail` commands.
#include <signal.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "../support/files.hpp"
#include "../support/smtp_server.hpp"
#include "expectations.hpp"
#include "load.hpp"
#include "mailbox.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
using namespace std::chrono_literals;
using taskward::testing::SmtpServer;

/// Shared by all cases, because a stack has one mail server.
SmtpServer& smtp() {
  static SmtpServer server;
  return server;
}

Environment smtp_settings() {
  return {{"MAIL_SERVER", "localhost"},
          {"MAIL_PORT", std::to_string(smtp().port())},
          {"MAIL_USE_TLS", "true"},
          {"MAIL_USERNAME", SmtpServer::kUsername},
          {"MAIL_PASSWORD", SmtpServer::kPassword},
          {"MAIL_CA_FILE", smtp().ca_file()},
          {"MAIL_FROM", "Taskward <taskward@example.org>"}};
}

struct MailFixture {
  const Stack& stack = running_stack(smtp_settings());
  HttpClient client = stack.client();

  MailFixture() { smtp().behave("accept"); }

  void request(const std::string& email) {
    BOOST_TEST(client.post("/auth/otp/request", R"({"email":)" + json_string(email) + '}').status == 202);
  }
  static std::size_t delivered(const std::string& email) {
    const auto all = smtp().recipients();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), email));
  }
  static bool is_delivered(const std::string& email, std::chrono::seconds limit) {
    return eventually(limit, [&] { return delivered(email) > 0; });
  }
  CommandResult mail(std::vector<std::string> words) {
    words.insert(words.begin(), {"taskward", "mail"});
    return stack.exec(words);
  }
  /// The entry of `taskward mail list --json` for the recipient; throws if there is none.
  Json list_entry(const std::string& email) {
    const Json all = Json::parse(mail({"list", "--json"}).out);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!all.at(i)["recipient"].is_null() && all.at(i)["recipient"].text() == email) return all.at(i);
    }
    throw std::runtime_error("no mail to " + email + " in the list");
  }
  bool is_dead(const std::string& email) {
    return eventually(10s, [&] {
      return mail({"list", "--state", "dead"}).out.find(email) != std::string::npos;
    });
  }
  int background() const {
    const std::string pid = read_file(stack.folder() / "pids/background.pid");
    return pid.empty() ? 0 : std::stoi(pid);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(smtp_delivery, MailFixture)

BOOST_AUTO_TEST_CASE(code_is_delivered_within_a_second, *boost::unit_test::label("slow")) {
  // A single delivery may take longer on a busy machine.
  std::chrono::duration<double> quickest = 10s;
  for (int i = 0; i < 5; ++i) {
    const std::string email = new_email();
    const auto begin = std::chrono::steady_clock::now();
    request(email);
    BOOST_TEST(is_delivered(email, 10s));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    BOOST_TEST_MESSAGE("delivered after " << took.count() << " s");
    BOOST_TEST(took.count() < 10);
    quickest = std::min(quickest, took);
    const std::string message = smtp().messages().back();
    BOOST_TEST(code_in(message).size() == 6U);
    BOOST_TEST(message.find("\r\nFrom: \"Taskward\" <taskward@example.org>\r\nTo: " + email + "\r\n") !=
               std::string::npos);
    // The log contains neither the recipient nor the content.
    const std::string log = read_file(stack.folder() / "log/background.log");
    for (const std::string& secret : {email, code_in(message), std::string(SmtpServer::kPassword)})
      BOOST_TEST(log.find(secret) == std::string::npos, secret);
  }
  BOOST_TEST(quickest.count() < 1);
  BOOST_TEST(eventually(5s, [&] {
    return stack.sql(
               "select count(*) from taskward.outbox where state <> 'handed_over' or sealed is not null") ==
           "0";
  }));
  BOOST_TEST(smtp().count("content tls login") == smtp().messages().size());
  BOOST_TEST(stack.announcement().find("mail      localhost, port " + std::to_string(smtp().port())) !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(mail_queued_during_an_outage_is_delivered_exactly_once,
                     *boost::unit_test::label("slow")) {
  std::vector<std::string> emails;
  smtp().stop();
  for (int i = 0; i < 5; ++i) {
    emails.push_back(new_email());
    request(emails.back());
  }
  BOOST_TEST(eventually(10s, [&] {
    return stack.sql("select count(*) from taskward.outbox where state = 'waiting' and attempts >= 2") == "5";
  }));
  const Json waiting = list_entry(emails.front());
  BOOST_TEST(waiting["state"].text() == "waiting");
  BOOST_TEST(waiting["kind"].text() == "login_code");
  BOOST_TEST(!waiting["next_try_at"].is_null());
  BOOST_TEST(waiting["last_error"].text().find("Failed to connect") != std::string::npos);
  smtp().start();
  for (const std::string& email : emails) BOOST_TEST(is_delivered(email, 30s));
  // A message that is recorded as handed over is not sent again.
  BOOST_TEST(eventually(10s, [&] {
    return stack.sql("select count(*) from taskward.outbox where state <> 'handed_over'") == "0";
  }));
  for (const std::string& email : emails) BOOST_TEST(delivered(email) == 1U);
}

BOOST_AUTO_TEST_CASE(rejected_mail_is_sent_again_only_by_the_retry_command,
                     *boost::unit_test::label("slow")) {
  const std::string email = new_email();
  smtp().behave("echo 550");
  request(email);
  BOOST_TEST(is_dead(email));
  const Json dead = list_entry(email);
  BOOST_TEST(dead["attempts"].number() == 1);
  BOOST_TEST(dead["next_try_at"].is_null());
  const std::string error = dead["last_error"].text();
  BOOST_TEST(error.find(" answered 550 spam: Subject: … is your Taskward code") != std::string::npos, error);
  const std::string id = dead["id"].text();

  const std::string unknown = "01890000-0000-7000-8000-000000000000";
  const CommandResult failed = mail({"retry", id, unknown});
  BOOST_TEST(failed.status == 3);
  BOOST_TEST(failed.err ==
             "taskward: " + unknown + ": there is no such mail\ntaskward: nothing was changed\n");
  BOOST_TEST(is_dead(email));
  BOOST_TEST(mail({"retry", "x"}).status == 2);
  BOOST_TEST(mail({"retry"}).status == 2);
  BOOST_TEST(mail({"list", "--state", "lost"}).status == 2);
  BOOST_TEST(mail({"retry", "--all-dead", id}).status == 2);

  smtp().behave("accept");
  const CommandResult again = mail({"retry", id});
  BOOST_TEST(again.status == 0, again.err);
  BOOST_TEST(is_delivered(email, 10s));
  const CommandResult all = mail({"list", "--state", "all"});
  BOOST_TEST(all.out.find(id + "  handed_over  login_code  -  created ") != std::string::npos, all.out);
  BOOST_TEST(all.out.find(code_in(smtp().messages().back())) == std::string::npos);
  BOOST_TEST(mail({"retry", "--all-dead"}).out == "0 mails requeued\n");
}

BOOST_AUTO_TEST_CASE(expired_mail_is_not_retried) {
  const std::string email = new_email();
  smtp().behave("reject-rcpt 550");
  request(email);
  BOOST_TEST(is_dead(email));
  const std::string id = list_entry(email)["id"].text();
  static_cast<void>(stack.sql("update taskward.outbox set useful_until = now() where id = '" + id + "'"));
  const CommandResult refused = mail({"retry", id});
  BOOST_TEST(refused.status == 3);
  BOOST_TEST(refused.err.find(id + ": its content has expired") != std::string::npos, refused.err);
  BOOST_TEST(mail({"retry", "--all-dead"}).out == "0 mails requeued\n");
}

BOOST_AUTO_TEST_CASE(two_background_processes_deliver_each_mail_once) {
  std::vector<std::string> emails;
  CommandResult second;
  const auto ready = stack.folder() / "run/second.ready";
  const auto stop = stack.folder() / "run/second.stop";
  // Runs until the stop file exists, for two minutes at most.
  const std::string script =
      "taskward-background --ready-file \"$0\" & "
      "for ((i = 0; i < 1200; ++i)); do [[ ! -e $1 ]] || break; sleep 0.1; done; "
      "kill -TERM $! && wait $!";
  {
    std::jthread second_process([&] {
      second = stack.exec({"bash", "-c", script, ready.string(), stop.string()});
    });
    BOOST_TEST(eventually(60s, [&] { return std::filesystem::exists(ready); }));
    smtp().behave("slow 0.1");  // one process alone would be busy when the next mail is due
    for (int i = 0; i < 40; ++i) {
      emails.push_back(new_email());
      request(emails.back());
    }
    for (const std::string& email : emails) BOOST_TEST(is_delivered(email, 20s));
    std::ofstream(stop) << '\n';
  }
  for (const std::string& email : emails) BOOST_TEST(delivered(email) == 1U);
  BOOST_TEST(second.status == 0, second.err);
  BOOST_TEST(second.err.find("\"mail_handed_over\"") != std::string::npos, second.err);
  BOOST_TEST(second.err.find("\"stopped\",\"finished\":\"yes\"") != std::string::npos, second.err);
}

BOOST_AUTO_TEST_CASE(background_process_is_replaced_and_restarted) {
  const int first = background();
  BOOST_TEST(stack.restart().status == 0);
  const int second = background();
  BOOST_TEST(second != first);
  BOOST_TEST(::kill(first, 0) != 0);
  ::kill(second, SIGKILL);
  const std::string email = new_email();
  request(email);
  BOOST_TEST(is_delivered(email, 20s));
  BOOST_TEST(background() != second);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mail_settings)

BOOST_AUTO_TEST_CASE(invalid_mail_template_is_reported_at_startup, *boost::unit_test::label("slow")) {
  const taskward::testing::ThrowawayFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  for (const auto& entry : std::filesystem::directory_iterator(repository() / "src/mail/templates"))
    std::filesystem::copy_file(entry.path(), folder.path() / entry.path().filename());
  std::ofstream(folder.path() / "login_code.txt") << "Subject: {{code}}\n\n{{password}}\n";
  BOOST_CHECK_EXCEPTION(
      Stack({{"MAIL_TEMPLATES", folder.path().string()}}), std::runtime_error,
      [&](const std::runtime_error& fault) {
        const std::string text = fault.what();
        BOOST_TEST_MESSAGE(text);
        return text.find("login_code.txt:3: {{password}} is not a field of this template") !=
               std::string::npos;
      });
}

BOOST_AUTO_TEST_CASE(mail_password_without_tls_is_rejected) {
  BOOST_CHECK_EXCEPTION(Stack({{"MAIL_SERVER", "mail.example.org"},
                               {"MAIL_USE_TLS", "false"},
                               {"MAIL_USERNAME", "ada"},
                               {"MAIL_PASSWORD", "hunter2"}}),
                        std::runtime_error, [](const std::runtime_error& fault) {
                          const std::string text = fault.what();
                          return text.find("MAIL_USE_TLS (from environment)") != std::string::npos &&
                                 text.find("hunter2") == std::string::npos;
                        });
}

BOOST_AUTO_TEST_SUITE_END()
