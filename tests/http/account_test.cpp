// One's own account: sessions, activity, name, address, password, and leaving.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "mailbox.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;

struct Account {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  Person person = join(stack);

  Answer ask(const std::string& method, const std::string& path, const std::string& body,
             const std::string& token) {
    return client.send({.method = method, .path = path, .body = body, .token = token});
  }
  Answer patch(const std::string& body) { return ask("PATCH", "/auth/me", body, person.tokens.access); }
  Answer leave(const std::string& body) { return ask("DELETE", "/auth/me", body, person.tokens.access); }
  std::vector<std::string> deeds(const std::string& token) {
    std::vector<std::string> found;
    const Json items = client.get("/auth/activity", token).json()["items"];
    for (std::size_t i = 0; i < items.size(); ++i)
      found.push_back(items.at(i)["action"].text() + ' ' + items.at(i)["outcome"].text());
    return found;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(account, Account)

BOOST_AUTO_TEST_CASE(sessions_are_listed_and_ended_one_by_one) {
  const Tokens other = log_in(stack, person);
  const Json items = client.get("/auth/sessions", person.tokens.access).json()["items"];
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
  expect_problem(client.send({.method = "DELETE", .path = path, .token = join(stack).tokens.access}), 404,
                 "not_found");
  BOOST_TEST(client.send({.method = "DELETE", .path = path, .token = person.tokens.access}).status == 204);
  expect_problem(client.send({.method = "DELETE", .path = path, .token = person.tokens.access}), 404,
                 "not_found");
  expect_problem(client.get("/auth/me", other.access), 401, "invalid_token");
  BOOST_TEST(client.get("/auth/me", person.tokens.access).status == 200);
}

BOOST_AUTO_TEST_CASE(activity_shows_what_others_tried_and_nothing_of_others) {
  static_cast<void>(client.post("/auth/login", R"({"email":")" + person.email + R"(","password":"wrong"})"));
  static_cast<void>(new_task(stack, person.tokens.access));
  const Person other = join(stack);
  const std::vector<std::string> expected{"session.login failure", "session.login success",
                                          "account.register success"};
  BOOST_TEST(deeds(person.tokens.access) == expected, boost::test_tools::per_element());
  const Answer page = client.get("/auth/activity?limit=2", person.tokens.access);
  const std::string next = "/auth/activity?limit=2&cursor=" + page.json()["next_cursor"].text();
  const Json rest = client.get(next, person.tokens.access).json();
  BOOST_TEST(rest["items"].size() == 1U);
  BOOST_TEST(!rest.has("next_cursor"));
  expect_faults(client.get("/auth/activity?limit=0&cursor=x&y=1", person.tokens.access),
                {"limit:out_of_range", "cursor:invalid_value", "y:unknown_member"});
}

BOOST_AUTO_TEST_CASE(names_are_changed_and_a_taken_one_is_refused) {
  const std::string username = unique_name();
  const Answer changed = patch(R"({"name":"Ada Lovelace ✓","username":")" + username + "\"}");
  BOOST_TEST_REQUIRE(changed.status == 200, changed.body);
  BOOST_TEST(changed.json()["name"].text() == "Ada Lovelace ✓");
  BOOST_TEST(changed.json()["username"].text() == username);
  BOOST_TEST(patch(R"({"name":null})").json()["name"].is_null());
  const Person other = join(stack);
  expect_problem(ask("PATCH", "/auth/me", R"({"username":")" + username + "\"}", other.tokens.access), 409,
                 "username_taken");
}

BOOST_AUTO_TEST_CASE(an_address_is_changed_by_a_code_to_the_new_one_and_told_to_the_old_one) {
  const std::string fresh = new_email();
  const Answer asked = patch(R"({"email":")" + fresh + "\"}");
  BOOST_TEST_REQUIRE(asked.status == 202, asked.body);
  const std::string code = code_in(mail_to(stack, fresh));
  BOOST_TEST(client.get("/auth/me", person.tokens.access).json()["email"].text() == person.email);
  // Nobody else can use it for themselves.
  const Person other = join(stack);
  expect_problem(
      ask("PATCH", "/auth/me", R"({"email":")" + fresh + R"(","otp":")" + code + "\"}", other.tokens.access),
      401, "invalid_otp");
  const Answer changed = patch(R"({"email":")" + fresh + R"(","otp":")" + code + "\"}");
  BOOST_TEST_REQUIRE(changed.status == 200, changed.body);
  BOOST_TEST(changed.json()["email"].text() == fresh);
  BOOST_TEST(mail_to(stack, person.email).find(fresh) != std::string::npos);
  BOOST_TEST(
      client.post("/login", R"({"email":")" + fresh + R"(","password":")" + person.password + "\"}").status ==
      200);
  expect_problem(client.post("/login", credentials(person)), 401, "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(a_changed_password_ends_the_other_sessions) {
  const Tokens other = log_in(stack, person);
  const std::string body =
      R"({"current_password":")" + person.password + R"(","new_password":"quite another secret"})";
  expect_problem(
      ask("PUT", "/auth/password", R"({"current_password":"wrong","new_password":"quite another secret"})",
          person.tokens.access),
      401, "invalid_credentials");
  BOOST_TEST(ask("PUT", "/auth/password", body, person.tokens.access).status == 204);
  expect_problem(client.get("/auth/me", other.access), 401, "invalid_token");
  BOOST_TEST(client.get("/auth/me", person.tokens.access).status == 200);
  expect_problem(client.post("/login", credentials(person)), 401, "invalid_credentials");
  person.password = "quite another secret";
  BOOST_TEST(client.post("/login", credentials(person)).status == 200);
}

BOOST_AUTO_TEST_CASE(leaving_takes_the_password_and_takes_everything_along) {
  static_cast<void>(new_task(stack, person.tokens.access));
  expect_faults(leave("{}"), {"password:required"});
  expect_problem(leave(R"({"password":"wrong"})"), 401, "invalid_credentials");
  BOOST_TEST(leave(R"({"password":")" + person.password + "\"}").status == 204);
  expect_problem(client.get("/auth/me", person.tokens.access), 401, "invalid_token");
  expect_problem(client.post("/login", credentials(person)), 401, "invalid_credentials");
  for (const char* what :
       {"users where id", "sessions where user_id", "tasks where owner_id", "refresh_tokens where user_id"}) {
    BOOST_TEST(
        stack.sql("select count(*) from taskward." + std::string(what) + " = '" + person.id + "'") == "0",
        what);
  }
  BOOST_TEST(
      stack.sql("select count(*) from taskward.audit where action = 'account.delete' and outcome = 'success'"
                " and object_id = '" +
                person.id + "'") == "1");
  BOOST_TEST(stack.sql("select count(*) from taskward.audit a where a::text like '%" + person.email + "%'") ==
             "0");
}

BOOST_AUTO_TEST_CASE(leaving_takes_a_fresh_code_as_well) {
  BOOST_TEST(client.post("/auth/otp/request", R"({"email":")" + person.email + "\"}").status == 202);
  const std::string code = code_in(mail_to(stack, person.email));
  expect_problem(leave(R"({"otp":")" + std::string(code == "000000" ? "1" : "000000") + "\"}"), 401,
                 "invalid_otp");
  BOOST_TEST(leave(R"({"otp":")" + code + "\"}").status == 204);
  expect_problem(client.get("/auth/me", person.tokens.access), 401, "invalid_token");
}

BOOST_AUTO_TEST_SUITE_END()
