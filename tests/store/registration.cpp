// Registration: the default role, and closed registration.
#include "authentication_fixture.hpp"

namespace taskward::testing {
namespace {

using model::Role;

struct RegistrationFixture : AuthenticationFixture {
  domain::Registration registration_request(std::optional<Role> role = std::nullopt) {
    return {std::string(kAnn), std::nullopt, password.clone(), role};
  }
  Result<model::User> register_anonymously(std::optional<Role> role = std::nullopt) {
    return domain::register_account(resources, registration_request(role), std::nullopt, origin);
  }
  std::int64_t accounts() { return count_rows("users where email = '" + std::string(kAnn) + "'"); }
};

BOOST_FIXTURE_TEST_SUITE(registration, RegistrationFixture)

BOOST_AUTO_TEST_CASE(registration_without_a_role_gets_the_default_role) {
  for (const Role role : {Role::user, Role::guest}) {
    rules.default_role = role;
    const auto made = register_anonymously();
    BOOST_TEST_REQUIRE(outcome(made) == "ok");
    BOOST_TEST((made->role == role));
    execute("truncate taskward.users cascade");
  }
}

BOOST_AUTO_TEST_CASE(role_above_the_default_is_forbidden) {
  rules.default_role = Role::guest;
  for (const Role role : {Role::user, Role::admin})
    BOOST_TEST(outcome(register_anonymously(role)) == "forbidden");
  BOOST_TEST(accounts() == 0);
  BOOST_TEST(audit_lines() ==
                 (Lines{"access.denied denied account.register", "access.denied denied account.register"}),
             boost::test_tools::per_element());
  const TestUser admin = new_user(Role::admin);
  const auto made =
      domain::register_account(resources, registration_request(Role::user), admin.admin_access(), origin);
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST((made->role == Role::user));
}

BOOST_AUTO_TEST_CASE(role_below_the_default_is_allowed) {
  const auto made = register_anonymously(Role::guest);
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST((made->role == Role::guest));
}

BOOST_AUTO_TEST_CASE(first_code_login_gets_the_default_role) {
  rules.default_role = Role::guest;
  const auto pair = code_login(kAnn, with_challenge(login_code(kAnn)));
  BOOST_TEST_REQUIRE(outcome(pair) == "ok");
  BOOST_TEST((pair->user.role == Role::guest));
}

BOOST_AUTO_TEST_CASE(command_line_accounts_get_the_default_or_any_requested_role) {
  rules.default_role = Role::guest;
  rules.is_registration_open = false;
  const auto made = domain::create_account(resources, registration_request());
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST((made->role == Role::guest));
  domain::Registration boss{"boss@example.com", std::nullopt, password.clone(), Role::admin};
  BOOST_TEST(outcome(domain::create_account(resources, boss)) == "ok");
}

BOOST_AUTO_TEST_CASE(closed_registration_admits_only_administrators) {
  rules.is_registration_open = false;
  BOOST_TEST(outcome(register_anonymously()) == "registration_closed");
  BOOST_TEST(outcome(register_anonymously(Role::guest)) == "registration_closed");
  BOOST_TEST(outcome(register_anonymously(Role::admin)) == "forbidden");
  const TestUser user = new_user(Role::user);
  BOOST_TEST(outcome(domain::register_account(resources, registration_request(), user.admin_access(),
                                              origin)) == "forbidden");
  BOOST_TEST(accounts() == 0);
  for (const std::string& line : audit_lines()) BOOST_TEST(line == "access.denied denied account.register");
  const TestUser admin = new_user(Role::admin);
  BOOST_TEST(outcome(domain::register_account(resources, registration_request(), admin.admin_access(),
                                              origin)) == "ok");
  BOOST_TEST(accounts() == 1);
}

BOOST_AUTO_TEST_CASE(closed_registration_refuses_before_checking_the_password) {
  rules.is_registration_open = false;
  // An invalid password, which is not checked here.
  const domain::Registration requested{std::string(kAnn), std::nullopt, Secret("short"), std::nullopt};
  BOOST_TEST(outcome(domain::register_account(resources, requested, std::nullopt, origin)) ==
             "registration_closed");
}

BOOST_AUTO_TEST_CASE(token_of_a_lesser_account_is_refused_before_the_password_is_checked_or_hashed) {
  // No hashing slot is free, so a caller who reaches the hashing step gets 503.
  domain::HashingGate full{1, std::chrono::milliseconds(1)};
  const auto taken = full.enter(std::nullopt, clock);
  const domain::Resources full_resources{service, clock,           random,       keys,  passwords,
                                         full,    password_policy, derived_keys, rules, meter,
                                         health,  hints,           known_tokens};
  const auto register_with = [&](const TestUser& who, const char* wanted) {
    const domain::Registration requested{std::string(kAnn), std::nullopt, Secret(wanted), Role::admin};
    return outcome(domain::register_account(full_resources, requested, who.admin_access(), origin));
  };
  for (const Role role : {Role::guest, Role::user}) {
    const TestUser lesser = new_user(role);
    BOOST_TEST(register_with(lesser, "correct horse battery") == "forbidden");
    BOOST_TEST(register_with(lesser, "password1") == "forbidden");
    BOOST_TEST(audit().back().actor == lesser.user.text());
    revoke(lesser);
    BOOST_TEST(register_with(lesser, "correct horse battery") == "invalid_token");
  }
  for (const std::string& line : audit_lines()) BOOST_TEST(line == "access.denied denied account.register");
  BOOST_TEST(count_rows("audit") == 4);
  BOOST_TEST(register_with(new_user(Role::admin), "correct horse battery") == "service_unavailable");
}

BOOST_AUTO_TEST_CASE(closed_registration_sends_no_code_to_unknown_addresses) {
  register_account(kAnn, nullptr);
  rules.is_registration_open = false;
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(login_code(kAnn))) == "ok");
  execute("truncate taskward.outbox");

  // An unknown address gets mail without a code; the response is the same.
  const auto requested = domain::request_login_code(resources, "bob@example.com", origin);
  BOOST_TEST(outcome(requested) == "ok");
  BOOST_TEST(mail_lines() == Lines{"login_without_account bob@example.com"},
             boost::test_tools::per_element());
  BOOST_TEST(count_rows("users") == 1);
}

BOOST_AUTO_TEST_CASE(valid_code_creates_no_account_once_registration_is_closed) {
  const SentCode code = login_code(kAnn);
  rules.is_registration_open = false;
  clear_audit();
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "invalid_otp");
  BOOST_TEST(accounts() == 0);
  BOOST_TEST(count_rows("sessions") == 0);
  BOOST_TEST(audit_lines() == Lines{"session.login failure registration_closed"},
             boost::test_tools::per_element());
  // The code is used up all the same.
  rules.is_registration_open = true;
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "invalid_otp");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
