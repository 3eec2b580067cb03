// Sessions of browsers, whose refresh token is a cookie.
#include <utility>

#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace taskward::test {
namespace {

struct CookieFixture {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  User user = new_user(stack);
  const std::string same_origin = "Sec-Fetch-Site: same-origin";

  Response log_in_as_browser() {
    return client.post("/auth/login", R"({"email":)" + json_string(user.email) + R"(,"password":)" +
                                          json_string(user.password) + R"(,"session":"cookie"})");
  }
  /// The cookie as a browser sends it back.
  static std::string cookie_of(const Response& response) {
    const std::string set = response.header("set-cookie");
    return "Cookie: other=1; " + set.substr(0, set.find(';'));
  }
  Response send(const std::string& path, std::vector<std::string> headers) {
    return client.send({.method = "POST", .path = path, .headers = std::move(headers)});
  }
};

BOOST_FIXTURE_TEST_SUITE(cookie_sessions, CookieFixture)

BOOST_AUTO_TEST_CASE(refresh_token_is_a_cookie_that_scripts_and_other_sites_cannot_use) {
  const Response login = log_in_as_browser();
  BOOST_TEST(login.status == 200);
  BOOST_TEST(!login.json().has("refresh_token"));
  BOOST_TEST(login.json().has("access_token"));
  const std::string set = login.header("set-cookie");
  BOOST_TEST(set.starts_with("__Host-taskward_refresh="));
  BOOST_TEST(set.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=604800"));
}

BOOST_AUTO_TEST_CASE(cookie_refreshes_and_logs_out_from_the_same_origin_only) {
  const std::string cookie = cookie_of(log_in_as_browser());
  for (const std::string site : {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
                                 "Sec-Fetch-Site: none", "Origin: https://evil.example", "Accept: */*"}) {
    BOOST_TEST_CONTEXT(site) {
      const Response refused = send("/auth/refresh", {cookie, site});
      BOOST_TEST(refused.status == 403);
      BOOST_TEST(refused.json()["code"].text() == "cross_origin_request");
      BOOST_TEST(send("/auth/logout", {cookie, site}).status == 403);
    }
  }
  const Response by_origin = send("/auth/refresh", {cookie, "Origin: " + stack.url()});
  BOOST_TEST(by_origin.status == 200);
  const Response refreshed = send("/auth/refresh", {cookie_of(by_origin), same_origin});
  BOOST_TEST(refreshed.status == 200);
  BOOST_TEST(!refreshed.json().has("refresh_token"));
  const Response out = send("/auth/logout", {cookie_of(refreshed), same_origin});
  BOOST_TEST(out.status == 204);
  BOOST_TEST(out.header("set-cookie").ends_with("Max-Age=0"));
  BOOST_TEST(send("/auth/refresh", {cookie_of(refreshed), same_origin}).status == 401);
}

BOOST_AUTO_TEST_CASE(two_tabs_that_refresh_at_once_both_go_on) {
  const std::string cookie = cookie_of(log_in_as_browser());
  const Response one = send("/auth/refresh", {cookie, same_origin, "User-Agent: a browser"});
  const Response other = send("/auth/refresh", {cookie, same_origin, "User-Agent: a browser"});
  BOOST_TEST(one.status == 200);
  BOOST_TEST(other.status == 200);
  BOOST_TEST(cookie_of(one) == cookie_of(other));
}

BOOST_AUTO_TEST_CASE(cookie_authenticates_nothing_else) {
  const std::string cookie = cookie_of(log_in_as_browser());
  for (const std::string path : {"/auth/me", "/tasks", "/auth/sessions"}) {
    BOOST_TEST(client.send({.path = path, .headers = {cookie, same_origin}}).status == 401);
  }
}

BOOST_AUTO_TEST_CASE(token_of_the_request_comes_before_the_cookie) {
  const std::string cookie = cookie_of(log_in_as_browser());
  const Response refreshed = client.send(
      {.method = "POST", .path = "/auth/refresh", .token = user.tokens.refresh, .headers = {cookie}});
  BOOST_TEST(refreshed.status == 200);
  BOOST_TEST(refreshed.json().has("refresh_token"));
  BOOST_TEST(refreshed.header("set-cookie").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::test
