// Leaving: by password or by code, with everything, and never as the last administrator.
#include "taskward/domain/profile.hpp"
#include "taskward/store/tasks.hpp"
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

struct DeletionFixture : WayInFixture {
  static constexpr const char* kAnn = "ann@example.com";
  const Secret right{"correct horse battery"};

  domain::OwnProfile member(const char* email, model::Role role = model::Role::user) {
    register_account(email, nullptr);
    execute("update taskward.users set role = '" + std::string(model::name(role)) + "' where email = '" +
            email + "'");
    return access_of(log_in(email));
  }
  std::int64_t rows(const std::string& table) { return number("select count(*) from taskward." + table); }
};

BOOST_FIXTURE_TEST_SUITE(account_deletion, DeletionFixture)

BOOST_AUTO_TEST_CASE(an_account_goes_with_all_that_is_its_own) {
  for (const bool by_code : {false, true}) {
    const auto ann = member(kAnn);
    const auto bob = member(by_code ? "bob@example.com" : "carl@example.com");
    const auto others = rows("users") - 1;
    for (const auto* who : {&ann, &bob}) {
      const auto writes = AnyAccess::of<model::Permission::write_tasks>(who->user(), who->session());
      BOOST_TEST(outcome(store::insert_task(service, writes, new_id<TaskId>(), {"a task", "", {}}, kQuota, {},
                                            stamp())) == "ok");
    }
    BOOST_TEST(outcome(log_in(kAnn)) == "ok");
    BOOST_TEST(outcome(log_in(kAnn, "wrong")) == "invalid_credentials");
    BOOST_TEST(rows("lockouts where failures > 0") == 1);
    forget_audit();
    const std::string done =
        by_code ? outcome(domain::delete_account(resources, ann, carried(login_code(kAnn)), origin))
                : outcome(domain::delete_account(resources, ann, right, origin));
    BOOST_TEST(done == "ok");
    const std::string gone = "where user_id = '" + ann.user().text() + "'";
    BOOST_TEST(rows("users") == others);
    BOOST_TEST(rows("sessions " + gone) + rows("refresh_tokens " + gone) == 0);
    BOOST_TEST(rows("tasks where owner_id = '" + ann.user().text() + "'") == 0);
    BOOST_TEST(rows("tasks where owner_id = '" + bob.user().text() + "'") == 1);
    BOOST_TEST(rows("lockouts where subject = uuid_send('" + ann.user().text() + "')") == 0);
    BOOST_TEST(outcome(store::find_own_profile(resources.database, ann)) == "invalid_token");
    BOOST_TEST(outcome(store::find_own_profile(resources.database, bob)) == "ok");
    BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
    // The record keeps the id and nothing else.
    BOOST_TEST(count_of(deeds(), "account.delete success -") == 1);
    BOOST_TEST(rows("audit where action = 'account.delete' and actor_id = object_id and actor_id = '" +
                    ann.user().text() + "'") == 1);
    BOOST_TEST(rows("audit a where a::text like '%@%'") == 0);
    execute("truncate taskward.lockouts, taskward.outbox, taskward.attempts, taskward.one_time_codes");
  }
}

BOOST_AUTO_TEST_CASE(the_address_is_free_again) {
  const auto ann = member(kAnn);
  BOOST_TEST(outcome(domain::delete_account(resources, ann, right, origin)) == "ok");
  const auto again = enter(kAnn, carried(login_code(kAnn)));
  BOOST_TEST_REQUIRE(outcome(again) == "ok");
  BOOST_TEST((again->user.id != ann.user()));
}

BOOST_AUTO_TEST_CASE(a_wrong_password_or_code_deletes_nothing) {
  const auto ann = member(kAnn);
  const SentCode code = login_code(kAnn);
  forget_audit();
  BOOST_TEST(outcome(domain::delete_account(resources, ann, Secret("wrong"), origin)) ==
             "invalid_credentials");
  BOOST_TEST(outcome(domain::delete_account(resources, ann, bare(wrong(code)), origin)) == "invalid_otp");
  BOOST_TEST(rows("users") == 1);
  BOOST_TEST(
      deeds() == (Lines{"account.delete failure wrong_password", "account.delete failure invalid_otp"}),
      boost::test_tools::per_element());
  BOOST_TEST(outcome(domain::delete_account(resources, ann, bare(code), origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(an_account_without_an_address_is_deleted_by_password_only) {
  register_account(nullptr, "carl");
  const auto carl = access_of(log_in("carl"));
  BOOST_TEST(outcome(domain::delete_account(resources, carl, bare("000000"), origin)) == "invalid_otp");
  BOOST_TEST(outcome(domain::delete_account(resources, carl, right, origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_password_changed_meanwhile_deletes_nothing) {
  const auto ann = member(kAnn);
  BOOST_TEST(outcome(store::delete_account(service, ann, "an old hash", stamp())) == "invalid_credentials");
  BOOST_TEST(deeds().back() == "account.delete failure changed_meanwhile");
  BOOST_TEST(rows("users") == 1);
}

BOOST_AUTO_TEST_CASE(the_last_active_administrator_stays) {
  const auto boss = member("boss@example.com", model::Role::admin);
  member("inactive@example.com", model::Role::admin);
  execute("update taskward.users set is_active = false where email like 'inactive%'");
  const auto ann = member(kAnn);
  BOOST_TEST(outcome(domain::delete_account(resources, boss, right, origin)) == "last_administrator");
  BOOST_TEST(deeds().back() == "account.delete failure last_administrator");
  BOOST_TEST(outcome(domain::delete_account(resources, boss, carried(login_code("boss@example.com")),
                                            origin)) == "last_administrator");
  BOOST_TEST(outcome(store::find_own_profile(resources.database, boss)) == "ok");
  // Who is no administrator may go, and so may one of two.
  BOOST_TEST(outcome(domain::delete_account(resources, ann, right, origin)) == "ok");
  member("second@example.com", model::Role::admin);
  BOOST_TEST(outcome(domain::delete_account(resources, boss, right, origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(of_administrators_who_leave_at_the_same_moment_one_stays) {
  for (int round = 0; round < 25; ++round) {
    execute("delete from taskward.users");
    const int count = round % 5 == 0 ? 4 : 2;
    std::vector<Someone> admins;
    for (int i = 0; i < count; ++i) admins.push_back(someone(model::Role::admin));
    const auto outcomes = together<std::string>(*this, count, [&](db::Connection& connection, int i) {
      return outcome(store::delete_account(connection, admins[static_cast<std::size_t>(i)].profile(),
                                           "a hash", stamp()));
    });
    BOOST_TEST(count_of(outcomes, "ok") == count - 1);
    BOOST_TEST(count_of(outcomes, "last_administrator") == 1);
    BOOST_TEST(rows("users") == 1);
  }
}

BOOST_AUTO_TEST_CASE(one_who_leaves_twice_at_once_leaves_once) {
  for (int round = 0; round < 10; ++round) {
    const Someone ann = someone();
    forget_audit();
    const auto outcomes = together<std::string>(*this, 4, [&](db::Connection& connection, int) {
      return outcome(store::delete_account(connection, ann.profile(), "a hash", stamp()));
    });
    BOOST_TEST(count_of(deeds(), "account.delete success -") == 1);
    BOOST_TEST(rows("users where id = '" + ann.user.text() + "'") == 0);
    BOOST_TEST(count_of(outcomes, "ok") == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
