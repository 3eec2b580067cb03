// Requests for codes: what is stored, how often they are allowed, and what an outsider can learn.
#include "authentication_fixture.hpp"
#include "taskward/crypto/encoding.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct CodeFixture : AuthenticationFixture {
  Result<domain::CodeRequested> request_login(const std::string& email) {
    return domain::request_login_code(resources, email, origin);
  }
  Result<domain::CodeRequested> request_reset(const std::string& email) {
    return domain::request_password_reset(resources, email, origin);
  }
  /// Whether the dump contains the text, in plain form, in hex or as its SHA-256.
  static bool contains(const std::string& dump, const std::string& text) {
    return dump.find(text) != std::string::npos || dump.find(crypto::hex(text)) != std::string::npos ||
           dump.find(crypto::hex(crypto::view(crypto::sha256(text)))) != std::string::npos;
  }
  /// Row counts of the tables that a request for a code writes to.
  std::string row_counts() {
    return text(
        "select (select count(*) from taskward.attempts) || ' ' || (select count(*) from"
        " taskward.one_time_codes) || ' ' || (select count(*) from taskward.outbox) || ' ' ||"
        " (select count(*) from taskward.audit)");
  }
};

BOOST_FIXTURE_TEST_SUITE(code_requests, CodeFixture)

BOOST_AUTO_TEST_CASE(mailed_code_has_the_configured_digits_and_lifetime) {
  for (const int digits : {6, 8}) {
    rules.otp_digits = digits;
    const std::string to = "ann" + std::to_string(digits) + "@example.com";
    const auto requested = request_login(to);
    BOOST_TEST_REQUIRE(outcome(requested) == "ok");
    const model::Mail mail = queued_mail().back();
    BOOST_TEST((mail.kind == model::MailKind::login_code));
    BOOST_TEST(mail.to == to);
    BOOST_TEST(mail.fields.at("code").size() == static_cast<std::size_t>(digits));
    BOOST_TEST(mail.fields.at("minutes") == "10");
    BOOST_TEST((requested->expires_in == seconds(600)));
    BOOST_TEST((requested->resend_after == seconds(60)));
    BOOST_TEST(requested->challenge.size() >= 22U);  // 128 bits
  }
  BOOST_TEST(count_rows("one_time_codes where"
                        " abs(extract(epoch from expires_at - created_at) - 600) < 1 and"
                        " abs(extract(epoch from expires_at - clock_timestamp()) - 600) < 30") == 2);
  BOOST_TEST(count_rows("outbox where"
                        " abs(extract(epoch from useful_until - created_at) - 600) < 1") == 2);
}

BOOST_AUTO_TEST_CASE(tables_contain_no_code_challenge_or_unregistered_address) {
  rules.otp_digits = 8;  // six digits could occur in a timestamp by chance
  const std::string email = "stranger@example.com";
  const SentCode login = login_code(email);
  const auto reset = request_reset(email);
  BOOST_TEST_REQUIRE(outcome(reset) == "ok");
  BOOST_TEST(code_login_outcome(email, without_challenge(wrong_otp(login))) == "invalid_otp");
  BOOST_TEST(outcome(log_in(email.c_str(), "a wrong password")) == "invalid_credentials");
  const std::string dumped = dump();
  BOOST_TEST(dumped.find("code.request") != std::string::npos);
  for (const std::string& text :
       {email, std::string("stranger"), login.otp, login.challenge, std::string(reset->challenge.reveal()),
        wrong_otp(login), std::string("a wrong password")}) {
    BOOST_TEST(!contains(dumped, text), text);
    std::string lowered = text;
    std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    BOOST_TEST(!contains(dumped, lowered), text);
  }
  // Nor does the audit record of the login contain one.
  BOOST_TEST(code_login_outcome(email, without_challenge(login)) == "ok");
  const std::string recorded = text("select string_agg(a::text, ' ') from taskward.audit a");
  for (const std::string& one : {email, login.otp, login.challenge})
    BOOST_TEST(!contains(recorded, one), one);
}

BOOST_AUTO_TEST_CASE(hashes_depend_on_the_key_purpose_address_and_account) {
  const SentCode code = login_code("ann@example.com");
  const auto hash = [&](const domain::DerivedKeys& derived, model::CodePurpose purpose, const char* email,
                        const std::optional<UserId>& account = std::nullopt) {
    const domain::Resources other{service, clock, random, keys,   passwords, hashing,     password_policy,
                                  derived, rules, meter,  health, hints,     known_tokens};
    return domain::try_of(other, purpose, email, with_challenge(code), account);
  };
  using model::CodePurpose;
  const auto plain = hash(derived_keys, CodePurpose::login, "ann@example.com");
  const domain::DerivedKeys others{Secret("another root secret of the tests, thirty-two bytes")};
  const auto account = new_id<UserId>();
  for (const auto& other : {hash(others, CodePurpose::login, "ann@example.com"),
                            hash(derived_keys, CodePurpose::password_reset, "ann@example.com"),
                            hash(derived_keys, CodePurpose::login, "bob@example.com"),
                            hash(derived_keys, CodePurpose::login, "ann@example.com", account)}) {
    BOOST_TEST((other.code != plain.code));
    BOOST_TEST((other.subject != plain.subject));
  }
  BOOST_TEST((hash(others, CodePurpose::login, "ann@example.com").challenge != plain.challenge));
  BOOST_TEST((hash(derived_keys, CodePurpose::login, "Ann@Example.COM").code == plain.code));
}

BOOST_AUTO_TEST_CASE(one_code_per_minute_for_an_address_and_purpose) {
  BOOST_TEST(outcome(request_login("ann@example.com")) == "ok");
  const auto refused = request_login("Ann@Example.com");
  BOOST_TEST_REQUIRE(outcome(refused) == "too_many_requests");
  BOOST_TEST_REQUIRE(refused.error().retry_after.has_value());
  BOOST_TEST((*refused.error().retry_after > seconds(55) && *refused.error().retry_after <= seconds(60)));
  BOOST_TEST(queued_mail().size() == 1U);
  // Other purposes and addresses are not limited.
  BOOST_TEST(outcome(request_reset("ann@example.com")) == "ok");
  BOOST_TEST(outcome(request_login("bob@example.com")) == "ok");
  advance_time(seconds(58));
  BOOST_TEST(outcome(request_login("ann@example.com")) == "too_many_requests");
  advance_time(seconds(3));
  BOOST_TEST(outcome(request_login("ann@example.com")) == "ok");
  BOOST_TEST(audit_lines() == (Lines{"code.request success login", "code.request denied login",
                                     "code.request success password_reset", "code.request success login",
                                     "code.request denied login", "code.request success login"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(five_codes_per_hour_for_an_address_and_purpose) {
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(outcome(request_login(i % 2 == 0 ? "ann@example.com" : "ANN@example.com")) == "ok");
    advance_time(seconds(61));
  }
  const auto refused = request_login("ann@example.com");
  BOOST_TEST_REQUIRE(outcome(refused) == "too_many_requests");
  // The first of the five was sent 305 seconds ago.
  const auto wait = refused.error().retry_after.value();
  BOOST_TEST((wait > seconds(3285) && wait <= seconds(3295)), wait.count());
  BOOST_TEST(queued_mail().size() == 5U);
  BOOST_TEST(outcome(request_login("bob@example.com")) == "ok");
  // Login codes and password reset codes have separate limits.
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(outcome(request_reset("ann@example.com")) == "ok");
    advance_time(seconds(61));
  }
  BOOST_TEST(outcome(request_reset("ann@example.com")) == "too_many_requests");
  advance_time(seconds(3600 - 615));
  BOOST_TEST(outcome(request_login("ann@example.com")) == "too_many_requests");
  advance_time(seconds(6));  // the first request leaves the window, the second does not
  BOOST_TEST(outcome(request_login("ann@example.com")) == "ok");
  advance_time(seconds(30));
  BOOST_TEST(outcome(request_login("ann@example.com")) == "too_many_requests");
}

BOOST_AUTO_TEST_CASE(refused_request_keeps_the_sent_code_valid) {
  const SentCode code = login_code("ann@example.com");
  BOOST_TEST(outcome(request_login("ann@example.com")) == "too_many_requests");
  for (int i = 0; i < 20; ++i) static_cast<void>(request_login("ann@example.com"));
  BOOST_TEST(code_login_outcome("ann@example.com", with_challenge(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(refused_requests_do_not_count_towards_the_hourly_limit) {
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(outcome(request_login("ann@example.com")) == "ok");
    for (int k = 0; k < 5; ++k) BOOST_TEST(outcome(request_login("ann@example.com")) == "too_many_requests");
    advance_time(seconds(61));
  }
  BOOST_TEST(outcome(request_login("ann@example.com")) == "too_many_requests");
}

BOOST_AUTO_TEST_CASE(known_and_unknown_addresses_get_identical_answers) {
  register_account("known@example.com", nullptr);
  const auto observe = [&](auto&& request, const std::string& email) {
    execute("truncate taskward.attempts, taskward.one_time_codes, taskward.outbox, taskward.audit");
    const auto answer = request(email);
    BOOST_TEST_REQUIRE(outcome(answer) == "ok");
    const auto again = request(email);
    return row_counts() + ' ' + std::to_string(answer->challenge.size()) + ' ' +
           std::to_string(answer->expires_in.count()) + ' ' + std::to_string(answer->resend_after.count()) +
           ' ' + outcome(again) + ' ' + again.error().detail + ' ' +
           std::to_string(again.error().retry_after.value().count()) + ' ' + audit_lines().front() + ' ' +
           audit().front().actor + ' ' + audit().front().object;
  };
  const auto login = [&](const std::string& email) { return request_login(email); };
  const auto reset = [&](const std::string& email) { return request_reset(email); };
  const std::string known = observe(login, "known@example.com");
  BOOST_TEST(known.starts_with("1 1 1 2 22 600 60 too_many_requests "), known);
  BOOST_TEST(observe(login, "nobody@example.com") == known);
  const std::string known_reset = observe(reset, "known@example.com");
  BOOST_TEST(observe(reset, "nobody@example.com") == known_reset);
}

BOOST_AUTO_TEST_CASE(reset_request_without_an_active_account_is_reported_only_by_mail) {
  register_account("ann@example.com", nullptr);
  register_account("inactive@example.com", nullptr);
  execute("update taskward.users set is_active = false where email like 'inactive%'");
  for (const char* email : {"ANN@example.com", "inactive@example.com", "nobody@example.com"})
    BOOST_TEST(outcome(request_reset(email)) == "ok");
  BOOST_TEST(mail_lines() == (Lines{"password_reset_code ann@example.com",
                                    "password_reset_without_account inactive@example.com",
                                    "password_reset_without_account nobody@example.com"}),
             boost::test_tools::per_element());
  BOOST_TEST(queued_mail()[1].fields.empty());
}

BOOST_AUTO_TEST_CASE(concurrent_requests_send_one_code) {
  for (int round = 1; round <= 3; ++round) {
    const auto answers = run_concurrently<std::string>(*this, 12, [&](db::Connection& connection, int) {
      return outcome(domain::request_login_code(resources_on(connection), "ann@example.com", origin));
    });
    BOOST_TEST(count_of(answers, "ok") == 1);
    BOOST_TEST(count_of(answers, "too_many_requests") == 11);
    BOOST_TEST(queued_mail().size() == static_cast<std::size_t>(round));
    advance_time(seconds(61));
    // Refused requests do not count towards the hourly limit.
    BOOST_TEST(number("select cardinality(moments) from taskward.attempts") == round);
  }
  // The mailed code is the valid one.
  BOOST_TEST(code_login_outcome("ann@example.com",
                                without_challenge(queued_mail().back().fields.at("code"))) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
