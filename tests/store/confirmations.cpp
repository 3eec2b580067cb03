// Showing one's password once more: its failures lock the caller out of that, and nobody out of anything
// else.
#include "taskward/domain/profile.hpp"
#include "taskward/store/passwords.hpp"
#include "taskward/store/profile.hpp"
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct ConfirmFixture : WayInFixture {
  static constexpr const char* kAnn = "ann@example.com";
  const Secret right{"correct horse battery"};
  const Secret wrong{"a wrong password"};
  const Secret fresh{"another good password"};
  UserId id = register_account(kAnn, "ann").id;
  domain::OwnProfile ann = access_of(log_in(kAnn));

  std::string change(const Secret& current) {
    return outcome(domain::change_password(resources, ann, current, fresh, origin));
  }
  std::string leave(const Secret& current) {
    return outcome(domain::delete_account(resources, ann, current, origin));
  }
};

BOOST_FIXTURE_TEST_SUITE(confirmations, ConfirmFixture)

BOOST_AUTO_TEST_CASE(five_wrong_passwords_lock_the_caller_and_not_the_login) {
  for (int i = 0; i < 5; ++i)
    BOOST_TEST((i % 2 == 0 ? change(wrong) : leave(wrong)) == "invalid_credentials");
  const auto refused = domain::change_password(resources, ann, right, fresh, origin);
  BOOST_TEST_REQUIRE(outcome(refused) == "account_locked");
  BOOST_TEST((refused.error().retry_after.value() > seconds(890)));
  BOOST_TEST((refused.error().retry_after.value() <= seconds(900)));
  BOOST_TEST(leave(right) == "account_locked");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  // A login does not lift it: it may be somebody else's, who found the session open.
  BOOST_TEST(change(right) == "account_locked");
  BOOST_TEST(text("select name_kind from taskward.lockouts") == "caller");
  pass(seconds(901));
  BOOST_TEST(change(right) == "ok");
}

BOOST_AUTO_TEST_CASE(a_locked_login_does_not_lock_the_caller) {
  for (int i = 0; i < 5; ++i) static_cast<void>(log_in(kAnn, "wrong"));
  BOOST_TEST(outcome(log_in(kAnn)) == "account_locked");
  BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(change(right) == "ok");
}

BOOST_AUTO_TEST_CASE(a_changed_password_forgets_the_caller_s_failures) {
  for (int i = 0; i < 4; ++i) BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(change(right) == "ok");
  for (int i = 0; i < 4; ++i) BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(change(fresh) == "ok");
}

BOOST_AUTO_TEST_CASE(failures_are_recorded_as_of_what_was_tried) {
  forget_audit();
  for (int i = 0; i < 4; ++i) BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(leave(wrong) == "invalid_credentials");
  BOOST_TEST(change(right) == "account_locked");
  auto done = deeds();
  std::sort(done.begin(), done.end());
  BOOST_TEST(
      done == (Lines{"account.delete failure wrong_password", "account.lock success caller",
                     "password.change failure account_locked", "password.change failure wrong_password",
                     "password.change failure wrong_password", "password.change failure wrong_password",
                     "password.change failure wrong_password"}),
      boost::test_tools::per_element());
  for (const AuditRow& row : audit()) BOOST_TEST(row.object == id.text());
}

BOOST_AUTO_TEST_CASE(an_account_without_a_password_has_none_to_show) {
  execute("update taskward.users set password_hash = null");
  const auto refused = domain::change_password(resources, ann, right, fresh, origin);
  BOOST_TEST_REQUIRE(outcome(refused) == "invalid_credentials");
  BOOST_TEST(refused.error().detail.find("/auth/password/forgot") != std::string::npos);
  BOOST_TEST(leave(right) == "invalid_credentials");
  BOOST_TEST(deeds().back() == "account.delete failure no_password");
  BOOST_TEST(number("select count(*) from taskward.users where password_hash is null") == 1);
}

BOOST_AUTO_TEST_CASE(a_caller_whose_session_has_ended_shows_nothing) {
  execute("update taskward.sessions set revoked_at = now(), revoked_reason = 'test'");
  for (const Secret* shown : {&right, &wrong}) {
    BOOST_TEST(change(*shown) == "invalid_token");
    BOOST_TEST(leave(*shown) == "invalid_token");
  }
  BOOST_TEST(number("select count(*) from taskward.lockouts where failures > 0 or locks > 0") == 0);
}

BOOST_AUTO_TEST_CASE(forty_wrong_passwords_at_once_are_five_answers) {
  const auto outcomes = together<std::string>(*this, 40, [&](db::Connection& connection, int) {
    return outcome(domain::change_password(on(connection), ann, wrong, fresh, origin));
  });
  BOOST_TEST(count_of(outcomes, "invalid_credentials") == 5);
  BOOST_TEST(count_of(outcomes, "account_locked") == 35);
  BOOST_TEST(number("select count(*) from taskward.audit where action = 'account.lock'") == 1);
}

BOOST_AUTO_TEST_CASE(a_password_found_right_before_a_lock_changes_nothing_after_it) {
  const auto hash =
      domain::confirm_password(resources, ann, right, model::AuditAction::password_change, origin);
  BOOST_TEST_REQUIRE(outcome(hash) == "ok");
  for (int i = 0; i < 5; ++i) BOOST_TEST(change(wrong) == "invalid_credentials");
  BOOST_TEST(outcome(store::change_password(service, ann, hash->password_hash, "a new hash", stamp())) ==
             "account_locked");
  BOOST_TEST(outcome(store::delete_account(service, ann, hash->password_hash, stamp())) == "account_locked");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
