// The caller's own account: sessions, activity, names, address, password and deletion.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "mailbox.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;

struct AccountFixture {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  User user = new_user(stack);

  Response request(const std::string& method, const std::string& path, const std::string& body,
                   const std::string& token) {
    return client.send({.method = method, .path = path, .body = body, .token = token});
  }
  Response patch(const std::string& body) { return request("PATCH", "/auth/me", body, user.tokens.access); }
  Response delete_account(const std::string& body) {
    return request("DELETE", "/auth/me", body, user.tokens.access);
  }
  std::vector<std::string> actions(const std::string& token) {
    std::vector<std::string> found;
    const Json items = client.get("/auth/activity", token).json()["items"];
    for (std::size_t i = 0; i < items.size(); ++i)
      found.push_back(items.at(i)["action"].text() + ' ' + items.at(i)["outcome"].text());
    return found;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(account, AccountFixture)

BOOST_AUTO_TEST_CASE(sessions_are_listed_and_ended_one_by_one) {
  const Tokens other = log_in(stack, user);
  const Json items = client.get("/auth/sessions", user.tokens.access).json()["items"];
  BOOST_TEST_REQUIRE(items.size() == 2U);
  std::string other_id;
  int current = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Json session = items.at(i);
    BOOST_TEST(session["client_address"].text() == "127.0.0.1");
    BOOST_TEST(session["method"].text() == "password");
    BOOST_TEST(session.has("created_at"));
    BOOST_TEST(session.has("last_used_at"));
    if (session["current"].boolean())
      ++current;
    else
      other_id = session["id"].text();
  }
  BOOST_TEST(current == 1);
  const std::string path = "/auth/sessions/" + other_id;
  expect_problem(client.send({.method = "DELETE", .path = path, .token = new_user(stack).tokens.access}), 404,
                 "not_found");
  BOOST_TEST(client.send({.method = "DELETE", .path = path, .token = user.tokens.access}).status == 204);
  expect_problem(client.send({.method = "DELETE", .path = path, .token = user.tokens.access}), 404,
                 "not_found");
  expect_problem(client.get("/auth/me", other.access), 401, "invalid_token");
  BOOST_TEST(client.get("/auth/me", user.tokens.access).status == 200);
}

BOOST_AUTO_TEST_CASE(activity_lists_attempts_on_this_account_and_nothing_of_others) {
  static_cast<void>(client.post("/auth/login", R"({"email":")" + user.email + R"(","password":"wrong"})"));
  static_cast<void>(new_task(stack, user.tokens.access));
  const User other = new_user(stack);
  const std::vector<std::string> expected{"session.login failure", "session.login success",
                                          "account.register success"};
  BOOST_TEST(actions(user.tokens.access) == expected, boost::test_tools::per_element());
  const Response page = client.get("/auth/activity?limit=2", user.tokens.access);
  const std::string next = "/auth/activity?limit=2&cursor=" + page.json()["next_cursor"].text();
  const Json rest = client.get(next, user.tokens.access).json();
  BOOST_TEST(rest["items"].size() == 1U);
  BOOST_TEST(!rest.has("next_cursor"));
  expect_faults(client.get("/auth/activity?limit=0&cursor=x&y=1", user.tokens.access),
                {"limit:out_of_range", "cursor:invalid_value", "y:unknown_member"});
}

BOOST_AUTO_TEST_CASE(names_can_be_changed_but_a_taken_username_is_409) {
  const std::string username = unique_name();
  const Response changed = patch(R"({"name":"Ada Lovelace ✓","username":")" + username + "\"}");
  BOOST_TEST_REQUIRE(changed.status == 200, changed.body);
  BOOST_TEST(changed.json()["name"].text() == "Ada Lovelace ✓");
  BOOST_TEST(changed.json()["username"].text() == username);
  BOOST_TEST(patch(R"({"name":null})").json()["name"].is_null());
  const User other = new_user(stack);
  expect_problem(request("PATCH", "/auth/me", R"({"username":")" + username + "\"}", other.tokens.access),
                 409, "username_taken");
}

BOOST_AUTO_TEST_CASE(email_change_needs_a_code_and_notifies_the_old_address) {
  const std::string new_address = new_email();
  const Response asked = patch(R"({"email":")" + new_address + "\"}");
  BOOST_TEST_REQUIRE(asked.status == 202, asked.body);
  const std::string code = code_in(mail_to(stack, new_address));
  BOOST_TEST(client.get("/auth/me", user.tokens.access).json()["email"].text() == user.email);
  // The code is bound to the account that requested it.
  const User other = new_user(stack);
  expect_problem(request("PATCH", "/auth/me", R"({"email":")" + new_address + R"(","otp":")" + code + "\"}",
                         other.tokens.access),
                 401, "invalid_otp");
  const Response changed = patch(R"({"email":")" + new_address + R"(","otp":")" + code + "\"}");
  BOOST_TEST_REQUIRE(changed.status == 200, changed.body);
  BOOST_TEST(changed.json()["email"].text() == new_address);
  BOOST_TEST(mail_to(stack, user.email).find(new_address) != std::string::npos);
  BOOST_TEST(
      client.post("/login", R"({"email":")" + new_address + R"(","password":")" + user.password + "\"}")
          .status == 200);
  expect_problem(client.post("/login", credentials(user)), 401, "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(password_change_ends_all_other_sessions) {
  const Tokens other = log_in(stack, user);
  const std::string body =
      R"({"current_password":")" + user.password + R"(","new_password":"quite another secret"})";
  expect_problem(
      request("PUT", "/auth/password",
              R"({"current_password":"wrong","new_password":"quite another secret"})", user.tokens.access),
      401, "invalid_credentials");
  BOOST_TEST(request("PUT", "/auth/password", body, user.tokens.access).status == 204);
  expect_problem(client.get("/auth/me", other.access), 401, "invalid_token");
  BOOST_TEST(client.get("/auth/me", user.tokens.access).status == 200);
  expect_problem(client.post("/login", credentials(user)), 401, "invalid_credentials");
  user.password = "quite another secret";
  BOOST_TEST(client.post("/login", credentials(user)).status == 200);
}

BOOST_AUTO_TEST_CASE(account_deletion_needs_the_password_and_removes_all_data) {
  static_cast<void>(new_task(stack, user.tokens.access));
  expect_faults(delete_account("{}"), {"password:required"});
  expect_problem(delete_account(R"({"password":"wrong"})"), 401, "invalid_credentials");
  BOOST_TEST(delete_account(R"({"password":")" + user.password + "\"}").status == 204);
  expect_problem(client.get("/auth/me", user.tokens.access), 401, "invalid_token");
  expect_problem(client.post("/login", credentials(user)), 401, "invalid_credentials");
  for (const char* what :
       {"users where id", "sessions where user_id", "tasks where owner_id", "refresh_tokens where user_id"}) {
    BOOST_TEST(
        stack.sql("select count(*) from taskward." + std::string(what) + " = '" + user.id + "'") == "0",
        what);
  }
  BOOST_TEST(
      stack.sql("select count(*) from taskward.audit where action = 'account.delete' and outcome = 'success'"
                " and object_id = '" +
                user.id + "'") == "1");
  BOOST_TEST(stack.sql("select count(*) from taskward.audit a where a::text like '%" + user.email + "%'") ==
             "0");
}

BOOST_AUTO_TEST_CASE(account_deletion_accepts_a_one_time_code) {
  BOOST_TEST(client.post("/auth/otp/request", R"({"email":")" + user.email + "\"}").status == 202);
  const std::string code = code_in(mail_to(stack, user.email));
  expect_problem(delete_account(R"({"otp":")" + std::string(code == "000000" ? "1" : "000000") + "\"}"), 401,
                 "invalid_otp");
  BOOST_TEST(delete_account(R"({"otp":")" + code + "\"}").status == 204);
  expect_problem(client.get("/auth/me", user.tokens.access), 401, "invalid_token");
}

BOOST_AUTO_TEST_SUITE_END()
