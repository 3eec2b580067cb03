// Confirmation of the current password: failures count together with those of logins to the same account.
#include "authentication_fixture.hpp"
#include "taskward/domain/profile.hpp"
#include "taskward/store/passwords.hpp"
#include "taskward/store/profile.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct ConfirmFixture : AuthenticationFixture {
  const Secret wrong{"a wrong password"};
  const Secret new_password{"another good password"};
  UserId id = register_account(kAnn, "ann").id;
  domain::OwnProfile ann = access_of(log_in(kAnn));

  std::string change(const Secret& current) {
    return outcome(domain::change_password(resources, ann, current, new_password, origin));
  }
  std::string delete_own_account(const Secret& current) {
    return outcome(domain::delete_account(resources, ann, current, origin));
  }
};

BOOST_FIXTURE_TEST_SUITE(password_confirmation, ConfirmFixture)

BOOST_AUTO_TEST_CASE(five_wrong_passwords_lock_the_account) {
  for (int i = 0; i < 5; ++i)
    BOOST_TEST((i % 2 == 0 ? change(wrong) : delete_own_account(wrong)) == "invalid_credentials");
  const auto refused = domain::change_password(resources, ann, password, new_password, origin);
  BOOST_TEST_REQUIRE(outcome(refused) == "account_locked");
  BOOST_TEST((refused.error().retry_after.value() > seconds(890)));
  BOOST_TEST((refused.error().retry_after.value() <= seconds(900)));
  BOOST_TEST(delete_own_account(password) == "account_locked");
  // A login by name is refused like one with a wrong password: the name itself is not locked.
  BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
  BOOST_TEST(outcome(log_in("ann")) == "invalid_credentials");
  BOOST_TEST(text("select string_agg(name_kind, ' ') from taskward.lockouts where locked_until > now()") ==
             "caller");
  advance_time(seconds(901));
  BOOST_TEST(change(password) == "ok");
}

BOOST_AUTO_TEST_CASE(failed_logins_count_for_the_confirmation) {
  for (const char* name : {kAnn, "ann", kAnn}) static_cast<void>(log_in(name, "a wrong password"));
  BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(delete_own_account(wrong) == "invalid_credentials");
  BOOST_TEST(change(password) == "account_locked");
  BOOST_TEST(delete_own_account(password) == "account_locked");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(login_code(kAnn))) == "ok");
  BOOST_TEST(change(password) == "ok");
}

BOOST_AUTO_TEST_CASE(password_change_clears_the_confirmation_failures) {
  for (int i = 0; i < 4; ++i) BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(change(password) == "ok");
  for (int i = 0; i < 4; ++i) BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(change(new_password) == "ok");
}

BOOST_AUTO_TEST_CASE(failures_are_recorded_under_the_attempted_action) {
  clear_audit();
  for (int i = 0; i < 4; ++i) BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(delete_own_account(wrong) == "invalid_credentials");
  BOOST_TEST(change(password) == "account_locked");
  BOOST_TEST(sorted_audit_lines() ==
                 (Lines{"account.delete failure wrong_password", "account.lock success caller",
                        "password.change failure account_locked", "password.change failure wrong_password",
                        "password.change failure wrong_password", "password.change failure wrong_password",
                        "password.change failure wrong_password"}),
             boost::test_tools::per_element());
  for (const AuditRow& row : audit()) BOOST_TEST(row.object == id.text());
}

BOOST_AUTO_TEST_CASE(account_without_a_password_cannot_confirm) {
  execute("update taskward.users set password_hash = null");
  const auto refused = domain::change_password(resources, ann, password, new_password, origin);
  BOOST_TEST_REQUIRE(outcome(refused) == "invalid_credentials");
  BOOST_TEST(refused.error().detail.find("/auth/password/forgot") != std::string::npos);
  BOOST_TEST(delete_own_account(password) == "invalid_credentials");
  BOOST_TEST(audit_lines().back() == "account.delete failure no_password");
  BOOST_TEST(count_rows("users where password_hash is null") == 1);
}

BOOST_AUTO_TEST_CASE(caller_with_an_ended_session_is_refused) {
  execute("update taskward.sessions set revoked_at = now(), revoked_reason = 'test'");
  for (const Secret* shown : {&password, &wrong}) {
    BOOST_TEST(change(*shown) == "invalid_token");
    BOOST_TEST(delete_own_account(*shown) == "invalid_token");
  }
  BOOST_TEST(count_rows("lockouts where failures > 0 or locks > 0") == 0);
}

BOOST_AUTO_TEST_CASE(forty_concurrent_wrong_passwords_get_five_answers) {
  const auto outcomes = run_concurrently<std::string>(*this, 40, [&](db::Connection& connection, int) {
    return outcome(domain::change_password(resources_on(connection), ann, wrong, new_password, origin));
  });
  BOOST_TEST(count_of(outcomes, "invalid_credentials") == 5);
  BOOST_TEST(count_of(outcomes, "account_locked") == 35);
  BOOST_TEST(count_rows("audit where action = 'account.lock'") == 1);
}

BOOST_AUTO_TEST_CASE(password_confirmed_before_a_lock_is_refused_after_it) {
  const auto hash =
      domain::confirm_password(resources, ann, password, model::AuditAction::password_change, origin);
  BOOST_TEST_REQUIRE(outcome(hash) == "ok");
  for (int i = 0; i < 5; ++i) BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(outcome(store::change_password(service, ann, hash->password_hash, "a new hash", stamp())) ==
             "account_locked");
  BOOST_TEST(outcome(store::delete_account(service, ann, hash->password_hash, stamp())) == "account_locked");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
