// Who may make an account: the default role, and registration that is closed.
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

using model::Role;

struct RegistrationFixture : WayInFixture {
  static constexpr const char* kAnn = "ann@example.com";

  domain::Registration asking(std::optional<Role> role = std::nullopt) {
    return {std::string(kAnn), std::nullopt, password.clone(), role};
  }
  Result<model::User> register_as_anybody(std::optional<Role> role = std::nullopt) {
    return domain::register_account(resources, asking(role), std::nullopt, origin);
  }
  std::int64_t accounts() {
    return number("select count(*) from taskward.users where email = '" + std::string(kAnn) + "'");
  }
};

BOOST_FIXTURE_TEST_SUITE(registration, RegistrationFixture)

BOOST_AUTO_TEST_CASE(who_asks_for_no_role_gets_the_default_one) {
  for (const Role role : {Role::user, Role::guest}) {
    rules.default_role = role;
    const auto made = register_as_anybody();
    BOOST_TEST_REQUIRE(outcome(made) == "ok");
    BOOST_TEST((made->role == role));
    execute("truncate taskward.users cascade");
  }
}

BOOST_AUTO_TEST_CASE(nobody_asks_for_more_than_the_default_role) {
  rules.default_role = Role::guest;
  for (const Role role : {Role::user, Role::admin})
    BOOST_TEST(outcome(register_as_anybody(role)) == "forbidden");
  BOOST_TEST(accounts() == 0);
  BOOST_TEST(
      deeds() == (Lines{"access.denied denied account.register", "access.denied denied account.register"}),
      boost::test_tools::per_element());
  const Someone admin = someone(Role::admin);
  const auto made = domain::register_account(resources, asking(Role::user), admin.administers(), origin);
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST((made->role == Role::user));
}

BOOST_AUTO_TEST_CASE(less_than_the_default_role_may_be_asked_for) {
  const auto made = register_as_anybody(Role::guest);
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST((made->role == Role::guest));
}

BOOST_AUTO_TEST_CASE(a_first_login_by_code_gives_the_default_role) {
  rules.default_role = Role::guest;
  const auto pair = enter(kAnn, carried(login_code(kAnn)));
  BOOST_TEST_REQUIRE(outcome(pair) == "ok");
  BOOST_TEST((pair->user.role == Role::guest));
}

BOOST_AUTO_TEST_CASE(the_operator_s_accounts_have_the_default_role_too_and_any_that_is_asked_for) {
  rules.default_role = Role::guest;
  rules.is_registration_open = false;
  const auto made = domain::create_account(resources, asking());
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST((made->role == Role::guest));
  domain::Registration boss{"boss@example.com", std::nullopt, password.clone(), Role::admin};
  BOOST_TEST(outcome(domain::create_account(resources, boss)) == "ok");
}

BOOST_AUTO_TEST_CASE(where_registration_is_closed_only_administrators_make_accounts) {
  rules.is_registration_open = false;
  BOOST_TEST(outcome(register_as_anybody()) == "registration_closed");
  BOOST_TEST(outcome(register_as_anybody(Role::guest)) == "registration_closed");
  BOOST_TEST(outcome(register_as_anybody(Role::admin)) == "forbidden");
  const Someone user = someone(Role::user);
  BOOST_TEST(outcome(domain::register_account(resources, asking(), user.administers(), origin)) ==
             "forbidden");
  BOOST_TEST(accounts() == 0);
  for (const std::string& deed : deeds()) BOOST_TEST(deed == "access.denied denied account.register");
  const Someone admin = someone(Role::admin);
  BOOST_TEST(outcome(domain::register_account(resources, asking(), admin.administers(), origin)) == "ok");
  BOOST_TEST(accounts() == 1);
}

BOOST_AUTO_TEST_CASE(a_closed_registration_hashes_nothing_for_strangers) {
  rules.is_registration_open = false;
  // A password that would be refused: it is not even looked at.
  const domain::Registration asked{std::string(kAnn), std::nullopt, Secret("short"), std::nullopt};
  BOOST_TEST(outcome(domain::register_account(resources, asked, std::nullopt, origin)) ==
             "registration_closed");
}

BOOST_AUTO_TEST_CASE(where_registration_is_closed_a_code_lets_in_only_who_has_an_account) {
  register_account(kAnn, nullptr);
  rules.is_registration_open = false;
  BOOST_TEST(entering(kAnn, carried(login_code(kAnn))) == "ok");
  execute("truncate taskward.outbox");

  // To a stranger's address goes a letter without a code; what is answered is the same.
  const auto asked = domain::request_login_code(resources, "bob@example.com", origin);
  BOOST_TEST(outcome(asked) == "ok");
  BOOST_TEST(letters() == Lines{"login_without_account bob@example.com"}, boost::test_tools::per_element());
  BOOST_TEST(number("select count(*) from taskward.users") == 1);
}

BOOST_AUTO_TEST_CASE(a_right_code_makes_no_account_once_registration_is_closed) {
  const SentCode code = login_code(kAnn);
  rules.is_registration_open = false;
  forget_audit();
  BOOST_TEST(entering(kAnn, carried(code)) == "invalid_otp");
  BOOST_TEST(accounts() == 0);
  BOOST_TEST(sessions() == 0);
  BOOST_TEST(deeds() == Lines{"session.login failure registration_closed"}, boost::test_tools::per_element());
  // It is used up all the same.
  rules.is_registration_open = true;
  BOOST_TEST(entering(kAnn, carried(code)) == "invalid_otp");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
