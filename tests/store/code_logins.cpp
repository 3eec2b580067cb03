// What a login by code does to the account: creates it, verifies its address, unlocks it.
#include "authentication_fixture.hpp"
#include "taskward/store/logins.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

BOOST_FIXTURE_TEST_SUITE(code_logins, AuthenticationFixture)

BOOST_AUTO_TEST_CASE(first_login_creates_the_account) {
  const SentCode code = login_code("Ann+Tasks@Example.com");
  BOOST_TEST(count_rows("users") == 0);
  const auto pair = code_login("Ann+Tasks@Example.com", with_challenge(code));
  BOOST_TEST_REQUIRE(outcome(pair) == "ok");
  BOOST_TEST(pair->user.email.value() == "Ann+Tasks@Example.com");
  BOOST_TEST((pair->user.role == model::Role::user));
  BOOST_TEST(pair->user.email_verified);
  BOOST_TEST(pair->user.is_active);
  BOOST_TEST((!pair->user.username && !pair->user.name));
  const auto seen = store::find_own_profile(resources.database, access_of(pair));
  BOOST_TEST_REQUIRE(outcome(seen) == "ok");
  BOOST_TEST((seen->id == pair->user.id));
  BOOST_TEST(seen->email_verified);
  BOOST_TEST(count_rows("users where password_hash is null") == 1);
  BOOST_TEST(count_rows("sessions where method = 'otp'") == 1);
  BOOST_TEST(outcome(domain::rotate_tokens(resources, pair->refresh_token.reveal(), origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(first_login_records_the_registration_and_the_session) {
  const SentCode code = login_code(kAnn);
  const auto pair = code_login(kAnn, with_challenge(code));
  BOOST_TEST(sorted_audit_lines() == (Lines{"account.register success otp", "code.request success login",
                                            "session.login success otp"}),
             boost::test_tools::per_element());
  for (const AuditRow& row : audit()) {
    if (row.action == "code.request") {
      BOOST_TEST(row.actor == "-");
      BOOST_TEST(row.object == "-");
      continue;
    }
    BOOST_TEST(row.actor == pair->user.id.text());
    BOOST_TEST(row.actor_role == "user");
    const bool login = row.action == "session.login";
    BOOST_TEST(row.object_type == (login ? "session" : "user"));
    BOOST_TEST(row.object == (login ? text("select id::text from taskward.sessions") : pair->user.id.text()));
    BOOST_TEST(row.request == "request-1");
    BOOST_TEST(row.address == "192.0.2.7");
  }
}

BOOST_AUTO_TEST_CASE(later_login_is_not_recorded_as_a_registration) {
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(login_code(kAnn))) == "ok");
  advance_time(seconds(61));
  clear_audit();
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(login_code(kAnn))) == "ok");
  BOOST_TEST(sorted_audit_lines() == (Lines{"code.request success login", "session.login success otp"}),
             boost::test_tools::per_element());
  BOOST_TEST(count_rows("users") == 1);
  BOOST_TEST(count_rows("sessions") == 2);
}

BOOST_AUTO_TEST_CASE(login_keeps_the_spelling_password_and_role_of_the_account) {
  const model::User ann = register_account("Ann@Example.com", "ann");
  execute("update taskward.users set role = 'admin', name = 'Ann'");
  const auto pair = code_login("aNN@example.com", with_challenge(login_code("ann@EXAMPLE.com")));
  BOOST_TEST_REQUIRE(outcome(pair) == "ok");
  BOOST_TEST((pair->user.id == ann.id));
  BOOST_TEST(pair->user.email.value() == "Ann@Example.com");
  BOOST_TEST(pair->user.username.value() == "ann");
  BOOST_TEST(pair->user.name.value() == "Ann");
  BOOST_TEST((pair->user.role == model::Role::admin));
  BOOST_TEST(outcome(log_in("ann")) == "ok");
}

BOOST_AUTO_TEST_CASE(first_verification_of_an_address_notifies_an_account_with_a_password) {
  register_account(kAnn, nullptr);
  BOOST_TEST(!log_in(kAnn)->user.email_verified);
  const SentCode code = login_code(kAnn);
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(wrong_otp(code), code)) == "invalid_otp");
  BOOST_TEST(!log_in(kAnn)->user.email_verified);
  BOOST_TEST(mail_lines().size() == 1U);
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "ok");
  BOOST_TEST(log_in(kAnn)->user.email_verified);
  advance_time(seconds(61));
  const std::string proved = text("select email_verified_at::text from taskward.users");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(login_code(kAnn))) == "ok");
  BOOST_TEST(text("select email_verified_at::text from taskward.users") == proved);
  BOOST_TEST(mail_lines() == (Lines{"login_code ann@example.com", "address_proved ann@example.com",
                                    "login_code ann@example.com"}),
             boost::test_tools::per_element());
  BOOST_TEST(count_rows("outbox where kind = 'address_proved'"
                        " and useful_until is null") == 1);
}

BOOST_AUTO_TEST_CASE(account_without_a_password_gets_no_notification) {
  register_account(kAnn, nullptr);
  execute("update taskward.users set password_hash = null");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(login_code(kAnn))) == "ok");
  BOOST_TEST(code_login_outcome("new@example.com", with_challenge(login_code("new@example.com"))) == "ok");
  BOOST_TEST(mail_lines() == (Lines{"login_code ann@example.com", "login_code new@example.com"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(inactive_account_gets_no_session) {
  register_account(kAnn, nullptr);
  execute("update taskward.users set is_active = false");
  const SentCode code = login_code(kAnn);
  clear_audit();
  const auto refused = code_login(kAnn, with_challenge(code));
  BOOST_TEST_REQUIRE(outcome(refused) == "invalid_otp");
  BOOST_TEST(refused.error().detail.empty());
  BOOST_TEST(count_rows("sessions") == 0);
  BOOST_TEST(count_rows("users where email_verified_at is null") == 1);
  BOOST_TEST(mail_lines().size() == 1U);
  BOOST_TEST(audit_lines() == Lines{"session.login failure account_inactive"},
             boost::test_tools::per_element());
  BOOST_TEST(count_rows("users where is_active") == 0);
}

BOOST_AUTO_TEST_CASE(code_login_clears_the_locks_of_its_account_only) {
  register_account(kAnn, "ann");
  register_account("bob@example.com", nullptr);
  for (const char* name : {kAnn, "ann", "bob@example.com"}) {
    lock_name(name);
    BOOST_TEST(outcome(log_in(name)) == "account_locked");
  }
  const SentCode code = login_code(kAnn);
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(wrong_otp(code), code)) == "invalid_otp");
  BOOST_TEST(outcome(log_in("ann")) == "account_locked");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  BOOST_TEST(outcome(log_in("bob@example.com")) == "account_locked");
}

BOOST_AUTO_TEST_CASE(refusals_look_identical_and_record_the_true_reason) {
  const model::User ann = register_account(kAnn, nullptr);
  const SentCode code = login_code(kAnn);
  const SentCode stranger = login_code("stranger@example.com");
  clear_audit();
  BOOST_TEST(code_login_outcome("nobody@example.com", without_challenge("123456")) == "invalid_otp");
  BOOST_TEST(code_login_outcome("stranger@example.com", without_challenge(wrong_otp(stranger))) ==
             "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(wrong_otp(code))) == "invalid_otp");
  advance_time(seconds(601));
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(code)) == "invalid_otp");
  const auto records = audit();
  BOOST_TEST(
      audit_lines() == (Lines{"session.login failure no_live_code", "session.login failure wrong_code",
                              "session.login failure wrong_code", "session.login failure no_live_code"}),
      boost::test_tools::per_element());
  BOOST_TEST(records[0].object == "-");
  BOOST_TEST(records[1].object == "-");
  BOOST_TEST(records[2].object == ann.id.text());
  BOOST_TEST(records[3].object == ann.id.text());
  for (const AuditRow& row : records) BOOST_TEST(row.actor == "-");
  const std::string all = text("select string_agg(a::text, ' ') from taskward.audit a");
  for (const std::string& secret : {std::string("@"), std::string("stranger"), code.challenge})
    BOOST_TEST(all.find(secret) == std::string::npos, secret);
}

BOOST_AUTO_TEST_CASE(account_created_during_the_login_does_not_use_up_the_code) {
  const SentCode code = login_code(kAnn);
  const auto first_verification =
      domain::seal_mail(derived_keys.mail, clock, random, {model::MailKind::address_proved, kAnn, {}}, {});
  const store::CodeLogin late{
      domain::try_of(resources, model::CodePurpose::login, kAnn, with_challenge(code)),
      kAnn,
      {new_id<UserId>(), new_id<SessionId>(), new_hash(), kHour},
      first_verification,
      store::CodeLogin::Account::to_be_created,
      new_id<AuditId>(),
      new_id<AuditId>(),
      model::Role::user};
  register_account(kAnn, nullptr);
  BOOST_TEST(outcome(store::insert_session(service, late, stamp())) == "invalid_otp");
  BOOST_TEST(count_rows("sessions") == 0);
  BOOST_TEST(number("select failures + challenged_failures from taskward.one_time_codes") == 0);
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
