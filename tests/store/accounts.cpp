// Account creation: permissions, unique names and audit records.
#include "taskward/domain/accounts.hpp"
#include "concurrently.hpp"
#include "fixture.hpp"
#include "taskward/store/logins.hpp"
#include "taskward/store/users.hpp"

namespace taskward::testing {
namespace {

using model::AccountName;
using model::Role;
using store::CreatedBy;
using store::NewAccount;

struct AccountFixture : StoreFixture {
  NewAccount account(const char* email, const char* username, Role role = Role::user) {
    NewAccount out{new_id<UserId>(), std::nullopt, std::nullopt, "a hash", role};
    if (email != nullptr) out.email = email;
    if (username != nullptr) out.username = username;
    return out;
  }
  Result<model::User> create(const NewAccount& account, CreatedBy by = CreatedBy::self) {
    return store::insert_account(service, account, by, stamp());
  }
};

BOOST_FIXTURE_TEST_SUITE(accounts, AccountFixture)

BOOST_AUTO_TEST_CASE(account_is_created_as_requested) {
  const NewAccount requested = account("Ann@Example.com", "Ann", Role::guest);
  auto made = create(requested);
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST((made->id == requested.id));
  BOOST_TEST(made->email.value() == "Ann@Example.com");
  BOOST_TEST(made->username.value() == "Ann");
  BOOST_TEST((made->role == Role::guest));
  BOOST_TEST(made->is_active);
  BOOST_TEST((std::chrono::abs(made->created_at - clock.now()) < std::chrono::seconds(60)));
}

BOOST_AUTO_TEST_CASE(email_or_username_alone_is_enough) {
  BOOST_TEST(outcome(create(account("a@example.com", nullptr))) == "ok");
  BOOST_TEST(outcome(create(account("b@example.com", nullptr))) == "ok");
  BOOST_TEST(outcome(create(account(nullptr, "ann"))) == "ok");
  BOOST_TEST(outcome(create(account(nullptr, "bob"))) == "ok");
}

BOOST_AUTO_TEST_CASE(account_without_a_name_violates_a_constraint) {
  BOOST_CHECK_THROW(static_cast<void>(create(account(nullptr, nullptr))), db::StatementFailed);
  BOOST_TEST(count_rows("users") == 0);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(names_are_unique_regardless_of_case) {
  BOOST_TEST_REQUIRE(outcome(create(account("Ann@Example.com", "Ann"))) == "ok");
  BOOST_TEST(outcome(create(account("aNN@eXAMPLE.COM", "other"))) == "email_taken");
  BOOST_TEST(outcome(create(account("other@example.com", "aNN"))) == "username_taken");
  BOOST_TEST(outcome(create(account("ann@example.com", "ann"))) == "email_taken");
  BOOST_TEST(outcome(create(account(nullptr, "ANN"))) == "username_taken");
  BOOST_TEST(count_rows("users") == 1);
}

BOOST_AUTO_TEST_CASE(names_taken_by_two_accounts_report_the_email_first) {
  BOOST_TEST_REQUIRE(outcome(create(account("ann@example.com", "ann"))) == "ok");
  BOOST_TEST_REQUIRE(outcome(create(account("bob@example.com", "bob"))) == "ok");
  BOOST_TEST(outcome(create(account("ann@example.com", "bob"))) == "email_taken");
}

BOOST_AUTO_TEST_CASE(username_does_not_reserve_an_email_address) {
  BOOST_TEST_REQUIRE(outcome(create(account("ann@example.com", nullptr))) == "ok");
  BOOST_TEST(outcome(create(account(nullptr, "ann"))) == "ok");
}

BOOST_AUTO_TEST_CASE(new_account_is_the_actor_of_its_registration) {
  const NewAccount ann = account("ann@example.com", nullptr);
  BOOST_TEST_REQUIRE(outcome(create(ann)) == "ok");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "account.register success -");
  BOOST_TEST(records[0].actor == ann.id.text());
  BOOST_TEST(records[0].actor_role == "user");
  BOOST_TEST(records[0].object_type == "user");
  BOOST_TEST(records[0].object == ann.id.text());
  BOOST_TEST(records[0].request == "request-1");
  BOOST_TEST(records[0].address == "192.0.2.7");
  BOOST_TEST(records[0].agent == "a test");
}

BOOST_AUTO_TEST_CASE(registration_from_the_command_line_has_no_actor_and_no_address) {
  origin = {};
  const NewAccount ann = account("ann@example.com", nullptr, Role::admin);
  BOOST_TEST_REQUIRE(outcome(create(ann, CreatedBy::the_operator)) == "ok");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "account.register success -");
  BOOST_TEST(records[0].actor == "-");
  BOOST_TEST(records[0].actor_role == "-");
  BOOST_TEST(records[0].object == ann.id.text());
  BOOST_TEST(records[0].address == "-");
  BOOST_TEST(records[0].request == "-");
}

BOOST_AUTO_TEST_CASE(taken_name_is_recorded_without_the_name) {
  BOOST_TEST_REQUIRE(outcome(create(account("ann@example.com", nullptr))) == "ok");
  clear_audit();
  BOOST_TEST(outcome(create(account("ann@example.com", nullptr))) == "email_taken");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "account.register failure email_taken");
  BOOST_TEST(records[0].actor == "-");
  BOOST_TEST(records[0].object == "-");
  BOOST_TEST(count_rows("audit a where a::text like '%example%'") == 0);
}

BOOST_AUTO_TEST_CASE(one_of_thirty_concurrent_registrations_gets_the_address) {
  const auto outcomes = run_concurrently<std::string>(*this, 30, [&](db::Connection& connection, int i) {
    const std::string address = i % 2 == 0 ? "Ann@example.com" : "ann@EXAMPLE.com";
    return outcome(
        store::insert_account(connection, account(address.c_str(), nullptr), CreatedBy::self, stamp()));
  });
  BOOST_TEST(count_of(outcomes, "ok") == 1);
  BOOST_TEST(count_of(outcomes, "email_taken") == 29);
  BOOST_TEST(count_rows("users") == 1);
  const auto done = audit_lines();
  BOOST_TEST(count_of(done, "account.register success -") == 1);
  BOOST_TEST(count_of(done, "account.register failure email_taken") == 29);
}

BOOST_AUTO_TEST_CASE(crossing_registrations_never_both_succeed_or_deadlock) {
  for (int round = 0; round < 10; ++round) {
    const std::string a = "a" + std::to_string(round), b = "b" + std::to_string(round);
    const auto outcomes = run_concurrently<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      const std::string email = (i == 0 ? a : b) + "@example.com";
      return outcome(
          store::insert_account(connection, account(email.c_str(), "ann"), CreatedBy::self, stamp()));
    });
    BOOST_TEST(count_of(outcomes, "ok") == (round == 0 ? 1 : 0));
  }
  BOOST_TEST(count_rows("users") == 1);
}

BOOST_AUTO_TEST_CASE(account_is_found_by_either_name_in_any_case) {
  const NewAccount ann = account("Ann@Example.com", "Ann");
  BOOST_TEST_REQUIRE(outcome(create(ann)) == "ok");
  for (const char* name : {"ann@example.com", "ANN@EXAMPLE.COM", "ann", "ANN"}) {
    const auto found = store::find_login(service, AccountName::of(name), "nobody's");
    BOOST_TEST_REQUIRE(found.user.has_value());
    BOOST_TEST((found.user->id == ann.id));
    BOOST_TEST(found.password_hash.value() == "a hash");
    BOOST_TEST(!found.locked_for.has_value());
  }
  BOOST_TEST(!store::find_login(service, AccountName::of("ann@example.org"), "nobody\'s").user.has_value());
  BOOST_TEST(!store::find_login(service, AccountName::of("an"), "nobody\'s").user.has_value());
  BOOST_TEST(!store::find_login(service, AccountName::of(""), "nobody\'s").user.has_value());
}

BOOST_AUTO_TEST_CASE(names_are_never_interpreted_as_sql) {
  BOOST_TEST(!store::find_login(service, AccountName::of("' or true --"), "nobody\'s").user.has_value());
  BOOST_TEST(outcome(create(account(nullptr, "x'); drop table taskward.users; --"))) == "ok");
  BOOST_TEST(count_rows("users") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(accounts_created_by_administrators, AccountFixture)

BOOST_AUTO_TEST_CASE(administrator_creates_any_role_and_is_the_actor) {
  const TestUser admin = new_user(Role::admin);
  const NewAccount boss = account("boss@example.com", nullptr, Role::admin);
  BOOST_TEST_REQUIRE(outcome(store::insert_account(service, admin.admin_access(), boss, stamp())) == "ok");
  BOOST_TEST(outcome(store::insert_account(service, admin.admin_access(), boss, stamp())) == "email_taken");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  BOOST_TEST(records[0].line() == "account.register success -");
  BOOST_TEST(records[0].actor == admin.user.text());
  BOOST_TEST(records[0].actor_role == "admin");
  BOOST_TEST(records[0].object == boss.id.text());
  BOOST_TEST(records[1].line() == "account.register failure email_taken");
  BOOST_TEST(records[1].actor == admin.user.text());
}

BOOST_AUTO_TEST_CASE(other_roles_are_forbidden_and_the_denial_is_recorded) {
  for (const Role role : {Role::guest, Role::user}) {
    const TestUser caller = new_user(role);
    const auto before = count_rows("users");
    clear_audit();
    BOOST_TEST(outcome(store::insert_account(service, caller.admin_access(),
                                             account("x@example.com", nullptr, Role::admin), stamp())) ==
               "forbidden");
    BOOST_TEST(count_rows("users") == before);
    const auto records = audit();
    BOOST_TEST_REQUIRE(records.size() == 1U);
    BOOST_TEST(records[0].line() == "access.denied denied account.register");
    BOOST_TEST(records[0].actor == caller.user.text());
    BOOST_TEST(records[0].actor_role == model::name(role));
    BOOST_TEST(records[0].object == "-");
  }
}

BOOST_AUTO_TEST_CASE(forbidden_caller_cannot_learn_whether_a_name_is_taken) {
  const TestUser caller = new_user(Role::user);
  BOOST_TEST_REQUIRE(outcome(create(account("ann@example.com", nullptr))) == "ok");
  BOOST_TEST(outcome(store::insert_account(service, caller.admin_access(),
                                           account("ann@example.com", nullptr, Role::admin), stamp())) ==
             "forbidden");
}

BOOST_AUTO_TEST_CASE(logged_out_administrator_creates_nothing) {
  const TestUser admin = new_user(Role::admin);
  revoke(admin);
  BOOST_TEST(outcome(store::insert_account(service, admin.admin_access(),
                                           account(nullptr, "boss", Role::admin), stamp())) ==
             "invalid_token");
  BOOST_TEST(count_rows("users") == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(own_profile_shows_current_values) {
  const TestUser ann = new_user(Role::user, "ann");
  set_role(ann, Role::guest);
  auto profile = store::find_own_profile(service, ann.profile_access());
  BOOST_TEST_REQUIRE(outcome(profile) == "ok");
  BOOST_TEST((profile->id == ann.user));
  BOOST_TEST(profile->username.value() == "ann");
  BOOST_TEST(!profile->email.has_value());
  BOOST_TEST((profile->role == Role::guest));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
