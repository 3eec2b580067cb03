// A second factor as clients use it: enrolment, login in two steps, authenticating again, and MFA_REQUIRED.
#include <boost/test/unit_test.hpp>

#include "authenticator_app.hpp"
#include "expectations.hpp"
#include "mailbox.hpp"
#include "running_stack.hpp"

namespace taskward::test {
namespace {

struct SecondFactorFixture {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  User user = new_user(stack);

  Response log_in_with(const std::string& member) {
    return client.post("/auth/login", R"({"email":)" + json_string(user.email) + R"(,"password":)" +
                                          json_string(user.password) + member + '}');
  }
  std::string mfa_token() {
    const Response login = log_in_with("");
    require_status(login, 403, "the login needs no second factor");
    return login.json()["mfa_token"].text();
  }
  Response complete(const std::string& token, const std::string& member, const std::string& value) {
    return client.post("/auth/mfa", R"({"mfa_token":)" + json_string(token) + ",\"" + member +
                                        "\":" + json_string(value) + '}');
  }
  /// Moves the authentication of all sessions of the user into the past, and returns an access token.
  std::string stale_token(const Tokens& tokens) {
    static_cast<void>(stack.sql(
        "update taskward.sessions set authenticated_at = now() - interval '11 minutes' where user_id = '" +
        user.id + "'"));
    return tokens_of(client.post("/auth/refresh", R"({"refresh_token":)" + json_string(tokens.refresh) + '}'))
        .access;
  }
};

BOOST_FIXTURE_TEST_SUITE(second_factor, SecondFactorFixture)

BOOST_AUTO_TEST_CASE(login_with_two_factors) {
  AuthenticatorApp app(stack, user.tokens.access);
  BOOST_TEST(app.recovery_codes.size() == 10U);
  const Response first = log_in_with("");
  BOOST_TEST(first.status == 403);
  const Json required = first.json();
  BOOST_TEST(required["code"].text() == "mfa_required");
  BOOST_TEST(required["expires_in"].number() == 300);
  BOOST_TEST(required["methods"].dump() == R"(["totp","recovery_code"])");
  BOOST_TEST(first.header("cache-control") == "no-store");
  BOOST_TEST(first.header("content-type") == "application/problem+json");
  const std::string token = required["mfa_token"].text();
  BOOST_TEST(client.get("/auth/me", token).status == 401);
  const Response done = complete(token, "totp", app.code());
  BOOST_TEST(done.status == 200);
  const std::string access = done.json()["access_token"].text();
  const Json me = client.get("/auth/me", access).json();
  BOOST_TEST(me["has_second_factor"].boolean());
  BOOST_TEST(me["second_factors"].dump() == R"({"totp":true,"passkeys":0,"recovery_codes":10})");
  const Json sessions = client.get("/auth/sessions", access).json();
  BOOST_TEST(sessions["items"].at(0)["acr"].text() == "aal2");
  BOOST_TEST(sessions["items"].at(0)["amr"].dump() == R"(["pwd","otp","mfa"])");
  BOOST_TEST(log_in_with(R"(,"totp":")" + app.code() + '"').status == 200);
  BOOST_TEST(log_in_with(R"(,"totp":")" + app.used_code() + '"').status == 401);
  BOOST_TEST(complete(token, "totp", app.used_code()).json()["code"].text() == "invalid_mfa_token");
}

BOOST_AUTO_TEST_CASE(recovery_code_completes_a_login_once) {
  AuthenticatorApp app(stack, user.tokens.access);
  BOOST_TEST(complete(mfa_token(), "recovery_code", lower_case(app.recovery_codes[0])).status == 200);
  BOOST_TEST(complete(mfa_token(), "recovery_code", app.recovery_codes[0]).status == 401);
  BOOST_TEST(mail_to(stack, user.email, 2).find("recovery code") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(second_factor_of_a_request_must_be_one) {
  const Response none = client.post("/auth/mfa", R"({"mfa_token":"x"})");
  BOOST_TEST(none.status == 422);
  BOOST_TEST(none.json()["errors"].at(0)["message"].text() ==
             "one of these is required: totp, recovery_code, webauthn");
  const Response both = client.post("/auth/mfa", R"({"mfa_token":"x","totp":"123456","recovery_code":"x"})");
  BOOST_TEST(both.status == 422);
  BOOST_TEST(client.post("/auth/mfa", R"({"mfa_token":"x","totp":"12345a"})").status == 422);
}

BOOST_AUTO_TEST_CASE(sensitive_changes_require_a_recent_authentication) {
  const std::string stale = stale_token(user.tokens);
  const auto expect_step_up = [&](const Response& response) {
    BOOST_TEST(response.status == 403);
    BOOST_TEST(response.json()["code"].text() == "reauthentication_required");
  };
  expect_step_up(client.send({.method = "POST", .path = "/auth/totp", .token = stale}));
  expect_step_up(client.send(
      {.method = "PATCH", .path = "/auth/me", .body = R"({"email":"new@example.org"})", .token = stale}));
  BOOST_TEST(client.send({.method = "PATCH", .path = "/auth/me", .body = R"({"name":"Ada"})", .token = stale})
                 .status == 200);
  const Response renewed =
      client.post("/auth/reauthenticate", R"({"password":)" + json_string(user.password) + '}', stale);
  BOOST_TEST(renewed.status == 200);
  const std::string fresh = renewed.json()["access_token"].text();
  BOOST_TEST(client.send({.method = "POST", .path = "/auth/totp", .token = fresh}).status == 201);
  // Of the same session.
  static_cast<void>(
      stack.sql("update taskward.sessions set revoked_at = now(), revoked_reason = 'test' where user_id = '" +
                user.id + "'"));
  BOOST_TEST(client.send({.method = "POST", .path = "/auth/totp", .token = fresh}).status == 401);
  BOOST_TEST(client.send({.method = "POST", .path = "/auth/totp", .token = stale}).status == 401);
}

BOOST_AUTO_TEST_CASE(account_with_two_factors_is_not_changed_with_one) {
  const Tokens one_factor = log_in(stack, user);
  AuthenticatorApp app(stack, user.tokens.access);
  const std::string change =
      R"({"current_password":)" + json_string(user.password) + R"(,"new_password":"a long new secret"})";
  const auto put = [&](const std::string& token) {
    return client.send({.method = "PUT", .path = "/auth/password", .body = change, .token = token});
  };
  const Response refused = put(one_factor.access);
  BOOST_TEST(refused.status == 403);
  BOOST_TEST(refused.json()["code"].text() == "reauthentication_required");
  BOOST_TEST(client.send({.method = "DELETE", .path = "/auth/totp", .token = one_factor.access}).status ==
             403);
  BOOST_TEST(client
                 .post("/auth/reauthenticate", R"({"password":)" + json_string(user.password) + '}',
                       one_factor.access)
                 .status == 403);
  const Response raised =
      client.post("/auth/reauthenticate", R"({"totp":")" + app.code() + "\"}", one_factor.access);
  BOOST_TEST(raised.status == 200);
  BOOST_TEST(put(raised.json()["access_token"].text()).status == 204);
}

BOOST_AUTO_TEST_CASE(reset_by_administrator_and_operator_restores_the_login) {
  const User admin = new_user(stack, "admin");
  AuthenticatorApp app(stack, user.tokens.access);
  BOOST_TEST(
      client
          .send({.method = "DELETE", .path = "/admin/users/" + user.id + "/mfa", .token = user.tokens.access})
          .status == 403);
  BOOST_TEST(
      client
          .send(
              {.method = "DELETE", .path = "/admin/users/" + user.id + "/mfa", .token = admin.tokens.access})
          .status == 204);
  BOOST_TEST(client.get("/auth/me", app.access_token).status == 401);
  user.tokens = log_in(stack, user);
  AuthenticatorApp again(stack, user.tokens.access);
  BOOST_TEST(log_in_with("").status == 403);
  BOOST_TEST(stack.exec({"taskward", "user", "reset-mfa", user.email}).status == 0);
  BOOST_TEST(log_in_with("").status == 200);
}

BOOST_AUTO_TEST_CASE(required_second_factor_leaves_only_enrolment, *boost::unit_test::label("slow")) {
  const Stack& strict = running_stack({{"MFA_REQUIRED", "all"}});
  const User newcomer = new_user(strict);
  HttpClient there = strict.client();
  const Response tasks = there.get("/tasks", newcomer.tokens.access);
  BOOST_TEST(tasks.status == 403);
  BOOST_TEST(tasks.json()["code"].text() == "mfa_enrollment_required");
  AuthenticatorApp app(strict, newcomer.tokens.access);
  BOOST_TEST(there.get("/tasks", app.access_token).status == 200);
  const Response old = there.get("/tasks", newcomer.tokens.access);
  BOOST_TEST(old.status == 403);
  BOOST_TEST(old.json()["code"].text() == "reauthentication_required");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::test
