// Account deletion by password or by code. The last active administrator cannot be deleted.
#include "authentication_fixture.hpp"
#include "taskward/domain/profile.hpp"

namespace taskward::testing {
namespace {

struct DeletionFixture : AuthenticationFixture {
  domain::OwnProfile register_and_log_in(const char* email, model::Role role = model::Role::user) {
    register_account(email, nullptr);
    execute("update taskward.users set role = '" + std::string(model::name(role)) + "' where email = '" +
            email + "'");
    return access_of(log_in(email));
  }
};

BOOST_FIXTURE_TEST_SUITE(account_deletion, DeletionFixture)

BOOST_AUTO_TEST_CASE(deleting_an_account_deletes_all_its_data) {
  for (const bool by_code : {false, true}) {
    const auto ann = register_and_log_in(kAnn);
    const auto bob = register_and_log_in(by_code ? "bob@example.com" : "carl@example.com");
    const auto others = count_rows("users") - 1;
    for (const auto* who : {&ann, &bob}) create_task(who->user(), who->session());
    static_cast<void>(new_former_session({ann.user(), ann.session()}));
    BOOST_TEST(outcome(log_in(kAnn)) == "ok");
    BOOST_TEST(outcome(log_in(kAnn, "wrong")) == "invalid_credentials");
    BOOST_TEST(count_rows("lockouts where failures > 0") == 2);
    clear_audit();
    const std::string done =
        by_code ? outcome(domain::delete_account(resources, ann, with_challenge(login_code(kAnn)), origin))
                : outcome(domain::delete_account(resources, ann, password, origin));
    BOOST_TEST(done == "ok");
    const std::string gone = "where user_id = '" + ann.user().text() + "'";
    BOOST_TEST(count_rows("users") == others);
    BOOST_TEST(count_rows("sessions " + gone) + count_rows("refresh_tokens " + gone) == 0);
    BOOST_TEST(count_rows("tasks where owner_id = '" + ann.user().text() + "'") == 0);
    BOOST_TEST(count_rows("tasks where owner_id = '" + bob.user().text() + "'") == 1);
    BOOST_TEST(count_rows("lockouts where subject = uuid_send('" + ann.user().text() + "')") == 0);
    BOOST_TEST(outcome(store::find_own_profile(resources.database, ann)) == "invalid_token");
    BOOST_TEST(outcome(store::find_own_profile(resources.database, bob)) == "ok");
    BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
    // The audit record keeps the account id only.
    BOOST_TEST(count_of(audit_lines(), "account.delete success -") == 1);
    BOOST_TEST(count_rows("audit where action = 'account.delete' and actor_id = object_id and actor_id = '" +
                          ann.user().text() + "'") == 1);
    BOOST_TEST(count_rows("audit a where a::text like '%@%'") == 0);
    execute("truncate taskward.lockouts, taskward.outbox, taskward.attempts, taskward.one_time_codes");
  }
}

BOOST_AUTO_TEST_CASE(address_of_a_deleted_account_can_be_registered_again) {
  const auto ann = register_and_log_in(kAnn);
  BOOST_TEST(outcome(domain::delete_account(resources, ann, password, origin)) == "ok");
  const auto again = code_login(kAnn, with_challenge(login_code(kAnn)));
  BOOST_TEST_REQUIRE(outcome(again) == "ok");
  BOOST_TEST((again->user.id != ann.user()));
}

BOOST_AUTO_TEST_CASE(wrong_password_or_code_deletes_nothing) {
  const auto ann = register_and_log_in(kAnn);
  const SentCode code = login_code(kAnn);
  clear_audit();
  BOOST_TEST(outcome(domain::delete_account(resources, ann, Secret("wrong"), origin)) ==
             "invalid_credentials");
  BOOST_TEST(outcome(domain::delete_account(resources, ann, without_challenge(wrong_otp(code)), origin)) ==
             "invalid_otp");
  BOOST_TEST(count_rows("users") == 1);
  BOOST_TEST(
      audit_lines() == (Lines{"account.delete failure wrong_password", "account.delete failure invalid_otp"}),
      boost::test_tools::per_element());
  BOOST_TEST(outcome(domain::delete_account(resources, ann, without_challenge(code), origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(account_without_an_address_can_be_deleted_only_by_password) {
  register_account(nullptr, "carl");
  const auto carl = access_of(log_in("carl"));
  BOOST_TEST(outcome(domain::delete_account(resources, carl, without_challenge("000000"), origin)) ==
             "invalid_otp");
  BOOST_TEST(outcome(domain::delete_account(resources, carl, password, origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(password_changed_concurrently_prevents_deletion) {
  const auto ann = register_and_log_in(kAnn);
  BOOST_TEST(outcome(store::delete_account(service, ann, "an old hash", stamp())) == "invalid_credentials");
  BOOST_TEST(audit_lines().back() == "account.delete failure changed_meanwhile");
  BOOST_TEST(count_rows("users") == 1);
}

BOOST_AUTO_TEST_CASE(last_active_administrator_cannot_delete_the_account) {
  const auto boss = register_and_log_in("boss@example.com", model::Role::admin);
  register_and_log_in("inactive@example.com", model::Role::admin);
  execute("update taskward.users set is_active = false where email like 'inactive%'");
  const auto ann = register_and_log_in(kAnn);
  BOOST_TEST(outcome(domain::delete_account(resources, boss, password, origin)) == "last_administrator");
  BOOST_TEST(audit_lines().back() == "account.delete failure last_administrator");
  BOOST_TEST(outcome(domain::delete_account(resources, boss, with_challenge(login_code("boss@example.com")),
                                            origin)) == "last_administrator");
  BOOST_TEST(outcome(store::find_own_profile(resources.database, boss)) == "ok");
  // Users who are not administrators, and one of two administrators, can be deleted.
  BOOST_TEST(outcome(domain::delete_account(resources, ann, password, origin)) == "ok");
  register_and_log_in("second@example.com", model::Role::admin);
  BOOST_TEST(outcome(domain::delete_account(resources, boss, password, origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(one_of_several_administrators_deleting_themselves_remains) {
  for (int round = 0; round < 25; ++round) {
    execute("delete from taskward.users");
    const int count = round % 5 == 0 ? 4 : 2;
    std::vector<TestUser> admins;
    for (int i = 0; i < count; ++i) admins.push_back(new_user(model::Role::admin));
    const auto outcomes = run_concurrently<std::string>(*this, count, [&](db::Connection& connection, int i) {
      return outcome(store::delete_account(connection, admins[static_cast<std::size_t>(i)].profile_access(),
                                           "a hash", stamp()));
    });
    BOOST_TEST(count_of(outcomes, "ok") == count - 1);
    BOOST_TEST(count_of(outcomes, "last_administrator") == 1);
    BOOST_TEST(count_rows("users") == 1);
  }
}

BOOST_AUTO_TEST_CASE(concurrent_deletions_of_one_account_delete_it_once) {
  for (int round = 0; round < 10; ++round) {
    const TestUser ann = new_user();
    clear_audit();
    const auto outcomes = run_concurrently<std::string>(*this, 4, [&](db::Connection& connection, int) {
      return outcome(store::delete_account(connection, ann.profile_access(), "a hash", stamp()));
    });
    BOOST_TEST(count_of(audit_lines(), "account.delete success -") == 1);
    BOOST_TEST(count_rows("users where id = '" + ann.user.text() + "'") == 0);
    BOOST_TEST(count_of(outcomes, "ok") == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
