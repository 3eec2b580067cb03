// Every route × how the caller was authenticated: one factor or two, recently or not, expired, ended, and
// with the objects of another user.
#include <boost/test/unit_test.hpp>
#include <set>

#include "authenticator_app.hpp"
#include "expectations.hpp"
#include "load.hpp"
#include "route_plans.hpp"

namespace {

using namespace taskward::test;

struct AssuranceFixture : RouteFixture {
  using RouteFixture::RouteFixture;

  User admin = new_user(stack, "admin");

  Tokens refreshed(const Tokens& tokens) {
    return tokens_of(
        client.post("/auth/refresh", R"({"refresh_token":)" + json_string(tokens.refresh) + '}'));
  }
  /// An access token of the same session, whose authentication is no longer recent.
  std::string stale(const Tokens& tokens) {
    static_cast<void>(
        stack.sql("update taskward.sessions set authenticated_at = now() - interval '11 minutes' where "
                  "user_id = '" +
                  admin.id + "'"));
    return refreshed(tokens).access;
  }

  /// The rows with one of the assurances are refused with the code, and no other row is refused.
  void expect_refusals(const std::string& token, const std::string& code,
                       const std::set<std::string>& refused) {
    for_each_row(*this, [&](const Row& row, const Plan&) {
      if (is_open(row)) return;
      const bool is_refused = refused.count(row.assurance) == 1;
      if (row.name == "disable_totp" && !is_refused) return;  // it would succeed
      const Response response = client.send(request_for(row, *this, token, id_for(row, *this, admin)));
      if (is_refused) {
        expect_problem(response, 403, code);
      } else if (response.status == 401 || response.status == 403) {
        const std::set<std::string> refusals{"authentication_required", "invalid_token",
                                             "token_expired",           "forbidden",
                                             "mfa_enrollment_required", "reauthentication_required"};
        BOOST_TEST(refusals.count(response.json()["code"].text()) == 0U, response.body);
      }
    });
  }
};

struct StrictFixture : AssuranceFixture {
  StrictFixture() : AssuranceFixture(running_stack({{"MFA_REQUIRED", "all"}})) {}
};

struct ShortFixture : RouteFixture {
  ShortFixture() : RouteFixture(running_stack({{"ACCESS_TOKEN_TTL", "2"}})) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(assurance, *boost::unit_test::label("slow"))

BOOST_FIXTURE_TEST_CASE(account_with_one_factor, AssuranceFixture) {
  expect_refusals(admin.tokens.access, "", {});
  expect_refusals(stale(log_in(stack, admin)), "reauthentication_required", {"enrollment", "recent"});
}

BOOST_FIXTURE_TEST_CASE(administrator_changes_logins_with_a_recent_authentication_only, AssuranceFixture) {
  const std::string old = stale(log_in(stack, admin));
  const auto change = [&](const std::string& body, const std::string& token) {
    return client.send({.method = "PATCH", .path = "/admin/users/" + other.id, .body = body, .token = token});
  };
  for (const std::string& body :
       {R"({"role":"admin"})", R"({"is_active":true})", R"({"email":"new@example.org"})",
        R"({"locked":false})", R"({"password_reset":true})"})
    expect_problem(change(body, old), 403, "reauthentication_required");
  expect_problem(client.post("/admin/users", R"({"email":")" + new_email() + R"(","role":"admin"})", old),
                 403, "reauthentication_required");
  BOOST_TEST(change(R"({"name":"Ada"})", old).status == 200);
  BOOST_TEST(change(R"({"is_active":true})", admin.tokens.access).status == 200);
}

BOOST_FIXTURE_TEST_CASE(account_with_two_factors, AssuranceFixture) {
  const Tokens one_factor = log_in(stack, admin);
  const AuthenticatorApp app(stack, admin.tokens.access);
  expect_refusals(app.access_token, "", {});
  const std::set<std::string> sensitive{"enrollment", "confirmed", "recent"};
  expect_refusals(refreshed(one_factor).access, "reauthentication_required", sensitive);
  expect_refusals(stale(admin.tokens), "reauthentication_required", sensitive);
}

BOOST_FIXTURE_TEST_CASE(second_factor_is_required, StrictFixture) {
  const Tokens one_factor = log_in(stack, admin);
  expect_refusals(one_factor.access, "mfa_enrollment_required", {"usual", "confirmed", "recent"});
  const AuthenticatorApp app(stack, admin.tokens.access);
  expect_refusals(one_factor.access, "reauthentication_required",
                  {"usual", "enrollment", "confirmed", "recent"});
  expect_refusals(app.access_token, "", {});
}

BOOST_FIXTURE_TEST_CASE(personal_access_token_needs_an_account_with_the_required_factor, StrictFixture) {
  AuthenticatorApp app(stack, admin.tokens.access);
  const Response created =
      client.post("/auth/tokens", R"({"name":"x","scopes":["tasks:read","profile:read"]})", app.access_token);
  require_status(created, 201, "no token was created");
  const std::string token = created.json()["token"].text();
  BOOST_TEST(client.get("/tasks", token).status == 200);
  BOOST_TEST(stack.exec({"taskward", "user", "reset-mfa", admin.id}).status == 0);
  expect_problem(client.get("/tasks", token), 403, "mfa_enrollment_required");
  expect_problem(client.get("/auth/me", token), 403, "mfa_enrollment_required");
}

BOOST_FIXTURE_TEST_CASE(ended_session_is_401_on_every_row, AssuranceFixture) {
  const Tokens ended = log_in(stack, admin);
  BOOST_TEST(client.post("/auth/logout", R"({"refresh_token":)" + json_string(ended.refresh) + '}').status ==
             204);
  for_each_row(*this, [&](const Row& row, const Plan&) {
    if (is_open(row)) return;
    expect_problem(client.send(request_for(row, *this, ended.access, id_for(row, *this, admin))), 401,
                   "invalid_token");
  });
}

BOOST_FIXTURE_TEST_CASE(expired_access_token_is_401_on_every_row, ShortFixture) {
  const User& admin = by_role.at("admin");
  BOOST_TEST(eventually(std::chrono::seconds(10),
                        [&] { return client.get("/auth/me", admin.tokens.access).status == 401; }));
  for_each_row(*this, [&](const Row& row, const Plan&) {
    if (is_open(row)) return;
    expect_problem(client.send(request_for(row, *this, admin.tokens.access, id_for(row, *this, admin))), 401,
                   "token_expired");
  });
}

BOOST_FIXTURE_TEST_CASE(objects_of_another_user_do_not_exist, AssuranceFixture) {
  for_each_row(*this, [&](const Row& row, const Plan&) {
    if (!has_id(row) || row.permission == "administer") return;
    const std::string foreign = id_for(row, *this, other);
    expect_problem(client.send(request_for(row, *this, admin.tokens.access, foreign)), 404, "not_found");
    BOOST_TEST(client.send(request_for(row, *this, other.tokens.access, foreign)).status < 300);
  });
}

BOOST_AUTO_TEST_SUITE_END()
