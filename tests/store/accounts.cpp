// Accounts: who may make which, whose names are taken, and what the record says of it.
#include "taskward/domain/accounts.hpp"
#include "fixture.hpp"
#include "taskward/store/logins.hpp"
#include "taskward/store/users.hpp"
#include "together.hpp"

namespace taskward::testing {
namespace {

using model::AccountName;
using model::Role;
using store::MadeBy;
using store::NewAccount;

struct AccountFixture : StoreFixture {
  NewAccount account(const char* email, const char* username, Role role = Role::user) {
    NewAccount out{new_id<UserId>(), std::nullopt, std::nullopt, "a hash", role};
    if (email != nullptr) out.email = email;
    if (username != nullptr) out.username = username;
    return out;
  }
  Result<model::User> make(const NewAccount& account, MadeBy by = MadeBy::oneself) {
    return store::insert_account(service, account, by, stamp());
  }
  std::int64_t users() { return number("select count(*) from taskward.users"); }
};

BOOST_FIXTURE_TEST_SUITE(accounts, AccountFixture)

BOOST_AUTO_TEST_CASE(account_is_made_as_it_was_asked_for) {
  const NewAccount asked = account("Ann@Example.com", "Ann", Role::guest);
  auto made = make(asked);
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST((made->id == asked.id));
  BOOST_TEST(made->email.value() == "Ann@Example.com");
  BOOST_TEST(made->username.value() == "Ann");
  BOOST_TEST((made->role == Role::guest));
  BOOST_TEST(made->is_active);
  BOOST_TEST((std::chrono::abs(made->created_at - clock.now()) < std::chrono::seconds(60)));
}

BOOST_AUTO_TEST_CASE(either_name_is_enough) {
  BOOST_TEST(outcome(make(account("a@example.com", nullptr))) == "ok");
  BOOST_TEST(outcome(make(account("b@example.com", nullptr))) == "ok");
  BOOST_TEST(outcome(make(account(nullptr, "ann"))) == "ok");
  BOOST_TEST(outcome(make(account(nullptr, "bob"))) == "ok");
}

BOOST_AUTO_TEST_CASE(account_without_a_name_is_refused_by_the_database) {
  BOOST_CHECK_THROW(static_cast<void>(make(account(nullptr, nullptr))), db::StatementFailed);
  BOOST_TEST(users() == 0);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(names_are_taken_in_every_case) {
  BOOST_TEST_REQUIRE(outcome(make(account("Ann@Example.com", "Ann"))) == "ok");
  BOOST_TEST(outcome(make(account("aNN@eXAMPLE.COM", "other"))) == "email_taken");
  BOOST_TEST(outcome(make(account("other@example.com", "aNN"))) == "username_taken");
  BOOST_TEST(outcome(make(account("ann@example.com", "ann"))) == "email_taken");
  BOOST_TEST(outcome(make(account(nullptr, "ANN"))) == "username_taken");
  BOOST_TEST(users() == 1);
}

BOOST_AUTO_TEST_CASE(names_of_two_accounts_are_both_taken) {
  BOOST_TEST_REQUIRE(outcome(make(account("ann@example.com", "ann"))) == "ok");
  BOOST_TEST_REQUIRE(outcome(make(account("bob@example.com", "bob"))) == "ok");
  BOOST_TEST(outcome(make(account("ann@example.com", "bob"))) == "email_taken");
}

BOOST_AUTO_TEST_CASE(a_user_name_does_not_take_an_address) {
  BOOST_TEST_REQUIRE(outcome(make(account("ann@example.com", nullptr))) == "ok");
  BOOST_TEST(outcome(make(account(nullptr, "ann"))) == "ok");
}

BOOST_AUTO_TEST_CASE(new_account_is_the_actor_of_its_own_record) {
  const NewAccount ann = account("ann@example.com", nullptr);
  BOOST_TEST_REQUIRE(outcome(make(ann)) == "ok");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].deed() == "account.register success -");
  BOOST_TEST(records[0].actor == ann.id.text());
  BOOST_TEST(records[0].actor_role == "user");
  BOOST_TEST(records[0].object_type == "user");
  BOOST_TEST(records[0].object == ann.id.text());
  BOOST_TEST(records[0].request == "request-1");
  BOOST_TEST(records[0].address == "192.0.2.7");
  BOOST_TEST(records[0].agent == "a test");
}

BOOST_AUTO_TEST_CASE(operators_record_has_no_actor_and_no_address) {
  origin = {};
  const NewAccount ann = account("ann@example.com", nullptr, Role::admin);
  BOOST_TEST_REQUIRE(outcome(make(ann, MadeBy::the_operator)) == "ok");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].deed() == "account.register success -");
  BOOST_TEST(records[0].actor == "-");
  BOOST_TEST(records[0].actor_role == "-");
  BOOST_TEST(records[0].object == ann.id.text());
  BOOST_TEST(records[0].address == "-");
  BOOST_TEST(records[0].request == "-");
}

BOOST_AUTO_TEST_CASE(taken_name_is_recorded_without_the_name) {
  BOOST_TEST_REQUIRE(outcome(make(account("ann@example.com", nullptr))) == "ok");
  forget_audit();
  BOOST_TEST(outcome(make(account("ann@example.com", nullptr))) == "email_taken");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].deed() == "account.register failure email_taken");
  BOOST_TEST(records[0].actor == "-");
  BOOST_TEST(records[0].object == "-");
  BOOST_TEST(number("select count(*) from taskward.audit a where a::text like '%example%'") == 0);
}

BOOST_AUTO_TEST_CASE(of_thirty_at_once_exactly_one_gets_the_address) {
  const auto outcomes = together<std::string>(*this, 30, [&](db::Connection& connection, int i) {
    const std::string address = i % 2 == 0 ? "Ann@example.com" : "ann@EXAMPLE.com";
    return outcome(
        store::insert_account(connection, account(address.c_str(), nullptr), MadeBy::oneself, stamp()));
  });
  BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), "ok") == 1);
  BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), "email_taken") == 29);
  BOOST_TEST(users() == 1);
  const auto done = deeds();
  BOOST_TEST(std::count(done.begin(), done.end(), "account.register success -") == 1);
  BOOST_TEST(std::count(done.begin(), done.end(), "account.register failure email_taken") == 29);
}

BOOST_AUTO_TEST_CASE(two_that_cross_in_their_names_never_both_succeed_and_never_hang) {
  for (int round = 0; round < 10; ++round) {
    const std::string a = "a" + std::to_string(round), b = "b" + std::to_string(round);
    const auto outcomes = together<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      const std::string email = (i == 0 ? a : b) + "@example.com";
      return outcome(
          store::insert_account(connection, account(email.c_str(), "ann"), MadeBy::oneself, stamp()));
    });
    BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), "ok") == (round == 0 ? 1 : 0));
  }
  BOOST_TEST(users() == 1);
}

BOOST_AUTO_TEST_CASE(account_is_found_by_either_name_in_any_case) {
  const NewAccount ann = account("Ann@Example.com", "Ann");
  BOOST_TEST_REQUIRE(outcome(make(ann)) == "ok");
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

BOOST_AUTO_TEST_CASE(names_are_values_and_never_sql) {
  BOOST_TEST(!store::find_login(service, AccountName::of("' or true --"), "nobody\'s").user.has_value());
  BOOST_TEST(outcome(make(account(nullptr, "x'); drop table taskward.users; --"))) == "ok");
  BOOST_TEST(users() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(accounts_by_administrators, AccountFixture)

BOOST_AUTO_TEST_CASE(administrator_makes_any_role_and_is_the_actor) {
  const Someone admin = someone(Role::admin);
  const NewAccount boss = account("boss@example.com", nullptr, Role::admin);
  BOOST_TEST_REQUIRE(outcome(store::insert_account(service, admin.administers(), boss, stamp())) == "ok");
  BOOST_TEST(outcome(store::insert_account(service, admin.administers(), boss, stamp())) == "email_taken");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  BOOST_TEST(records[0].deed() == "account.register success -");
  BOOST_TEST(records[0].actor == admin.user.text());
  BOOST_TEST(records[0].actor_role == "admin");
  BOOST_TEST(records[0].object == boss.id.text());
  BOOST_TEST(records[1].deed() == "account.register failure email_taken");
  BOOST_TEST(records[1].actor == admin.user.text());
}

BOOST_AUTO_TEST_CASE(others_are_forbidden_and_that_is_recorded) {
  for (const Role role : {Role::guest, Role::user}) {
    const Someone caller = someone(role);
    const auto before = users();
    forget_audit();
    BOOST_TEST(outcome(store::insert_account(service, caller.administers(),
                                             account("x@example.com", nullptr, Role::admin), stamp())) ==
               "forbidden");
    BOOST_TEST(users() == before);
    const auto records = audit();
    BOOST_TEST_REQUIRE(records.size() == 1U);
    BOOST_TEST(records[0].deed() == "access.denied denied account.register");
    BOOST_TEST(records[0].actor == caller.user.text());
    BOOST_TEST(records[0].actor_role == model::name(role));
    BOOST_TEST(records[0].object == "-");
  }
}

BOOST_AUTO_TEST_CASE(forbidden_caller_does_not_learn_whether_a_name_is_taken) {
  const Someone caller = someone(Role::user);
  BOOST_TEST_REQUIRE(outcome(make(account("ann@example.com", nullptr))) == "ok");
  BOOST_TEST(outcome(store::insert_account(service, caller.administers(),
                                           account("ann@example.com", nullptr, Role::admin), stamp())) ==
             "forbidden");
}

BOOST_AUTO_TEST_CASE(administrator_who_is_logged_out_makes_nothing) {
  const Someone admin = someone(Role::admin);
  revoke(admin);
  BOOST_TEST(outcome(store::insert_account(service, admin.administers(),
                                           account(nullptr, "boss", Role::admin), stamp())) ==
             "invalid_token");
  BOOST_TEST(users() == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(own_profile_is_the_callers_as_it_is_now) {
  const Someone ann = someone(Role::user, "ann");
  set_role(ann, Role::guest);
  auto profile = store::find_own_profile(service, ann.profile());
  BOOST_TEST_REQUIRE(outcome(profile) == "ok");
  BOOST_TEST((profile->id == ann.user));
  BOOST_TEST(profile->username.value() == "ann");
  BOOST_TEST(!profile->email.has_value());
  BOOST_TEST((profile->role == Role::guest));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
