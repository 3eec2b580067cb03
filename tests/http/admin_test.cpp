// Administration over HTTP: what administrators see and change, and what becomes of those it is about.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "mailbox.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;

struct Office {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  Person admin = join(stack, "admin");
  Person ann = join(stack);

  Answer ask(const std::string& method, const std::string& path, const std::string& body = {}) {
    Ask out{.method = method, .path = path, .token = admin.tokens.access};
    if (!body.empty()) out.body = body;
    return client.send(out);
  }
  static std::string path_of(const Person& person) { return "/admin/users/" + person.id; }
  Answer change(const Person& person, const std::string& body) { return ask("PATCH", path_of(person), body); }

  /// "action outcome reason" of what the request recorded, one a line.
  std::string recorded(const Answer& answer) const {
    return stack.sql(
        "select action || ' ' || outcome || ' ' || coalesce(reason, '-') from taskward.audit where "
        "request_id = '" +
        answer.header("x-request-id") + "' order by action");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admin, Office)

BOOST_AUTO_TEST_CASE(the_dashboard_has_two_paths_and_counts_the_service) {
  static_cast<void>(new_task(stack, ann.tokens.access));
  for (const char* path : {"/admin", "/admin/dashboard", "/admin/"}) {
    const Answer answer = ask("GET", path);
    BOOST_REQUIRE(answer.status == 200);
    const Json board = answer.json();
    BOOST_TEST(board["users"]["by_role"]["admin"].number() >= 1);
    BOOST_TEST(board["users"]["by_role"]["user"].number() >= 1);
    BOOST_TEST(board["users"]["by_state"]["active"].number() >= 2);
    BOOST_TEST(board["tasks"]["by_status"]["todo"].number() >= 1);
    BOOST_TEST(board["live_sessions"].number() >= 2);
    BOOST_TEST(board["last_24_hours"]["logins"].number() >= 2);
    BOOST_TEST(board["mail"].names().size() == 2U);
    BOOST_TEST(board["security_events"].size() >= 1U);
    BOOST_TEST(board["security_events"].size() <= 20U);
    BOOST_TEST(recorded(answer) == "dashboard.read success -");
  }
  expect_faults(ask("GET", "/admin?x=1"), {"x:unknown_member"});
}

BOOST_AUTO_TEST_CASE(accounts_are_found_and_paged) {
  const std::string word = unique_name();
  for (int i = 0; i < 5; ++i) {
    BOOST_REQUIRE(
        ask("POST", "/admin/users", R"({"email":")" + std::to_string(i) + word + R"(@example.org"})")
            .status == 201);
  }
  std::string path = "/admin/users?q=" + word + "&limit=2&count=true";
  std::vector<std::string> emails;
  for (int pages = 0; pages < 3; ++pages) {
    const Answer answer = ask("GET", path);
    BOOST_REQUIRE(answer.status == 200);
    const Json page = answer.json();
    BOOST_TEST(page["total"].number() == 5);
    for (std::size_t i = 0; i < page["items"].size(); ++i)
      emails.push_back(page["items"].at(i)["email"].text());
    const std::string link = answer.header("link");
    BOOST_TEST(page.has("next_cursor") == (pages < 2));
    BOOST_TEST(link.empty() == (pages == 2));
    if (pages == 2) break;
    BOOST_REQUIRE(link.ends_with(">; rel=\"next\""));
    path = link.substr(1, link.find('>') - 1);
    BOOST_TEST(recorded(answer) == "account.list success -");
  }
  BOOST_REQUIRE(emails.size() == 5U);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(emails[static_cast<std::size_t>(i)] == std::to_string(4 - i) + word + "@example.org");
  expect_faults(ask("GET", "/admin/users?limit=101&role=king&cursor=x"),
                {"limit:out_of_range", "role:invalid_value"});
  expect_faults(ask("GET", "/admin/users?cursor=x"), {"cursor:invalid_value"});
}

BOOST_AUTO_TEST_CASE(an_account_is_made_for_somebody_who_logs_in_by_a_code) {
  const std::string email = new_email();
  const Answer made =
      ask("POST", "/admin/users", R"({"email":")" + email + R"(","name":"Grace","role":"guest"})");
  BOOST_REQUIRE(made.status == 201);
  const Json account = made.json();
  BOOST_TEST(made.header("location") == "/admin/users/" + account["id"].text());
  BOOST_TEST(account["role"].text() == "guest");
  BOOST_TEST(account["name"].text() == "Grace");
  BOOST_TEST(account["state"].text() == "active");
  BOOST_TEST(!account["email_verified"].boolean());
  BOOST_TEST(ask("GET", made.header("location")).json()["email"].text() == email);
  BOOST_REQUIRE(client.post("/auth/otp/request", R"({"email":")" + email + "\"}").status == 202);
  const std::string code = code_in(mail_to(stack, email));
  const Answer entered =
      client.post("/auth/otp/verify", R"({"email":")" + email + R"(","otp":")" + code + "\"}");
  BOOST_TEST(entered.json()["user"]["id"].text() == account["id"].text());
  expect_problem(ask("POST", "/admin/users", R"({"email":")" + email + "\"}"), 409, "email_taken");
  expect_problem(ask("POST", "/admin/users", R"({"email":")" + new_email() + R"(","password":"password1"})"),
                 422, "validation_failed");
}

BOOST_AUTO_TEST_CASE(a_look_at_an_account_shows_no_hash_and_is_recorded) {
  static_cast<void>(new_task(stack, ann.tokens.access));
  const Answer answer = ask("GET", path_of(ann));
  BOOST_REQUIRE(answer.status == 200);
  const Json account = answer.json();
  BOOST_TEST(account["id"].text() == ann.id);
  BOOST_TEST(account["live_sessions"].number() == 1);
  BOOST_TEST(account["tasks"]["by_status"]["todo"].number() == 1);
  BOOST_TEST(!account["last_login_at"].is_null());
  BOOST_TEST(account["locked_until"]["email"].is_null());
  BOOST_TEST(answer.body.find("$2") == std::string::npos);
  BOOST_TEST(answer.body.find("password") == std::string::npos);
  BOOST_TEST(recorded(answer) == "account.read success -");
  // The person it is about can see that, though not from where.
  const Answer activity = client.get("/auth/activity", ann.tokens.access);
  const Json event = activity.json()["items"].at(0);
  BOOST_TEST(event["action"].text() == "account.read");
  BOOST_TEST(event["client_address"].is_null());
}

BOOST_AUTO_TEST_CASE(a_role_holds_from_the_next_request_on) {
  expect_problem(client.get("/admin", ann.tokens.access), 403, "forbidden");
  BOOST_TEST(change(ann, R"({"role":"admin"})").json()["role"].text() == "admin");
  BOOST_TEST(client.get("/admin", ann.tokens.access).status == 200);
  BOOST_TEST(change(ann, R"({"role":"guest"})").status == 200);
  expect_problem(client.get("/admin", ann.tokens.access), 403, "forbidden");
  expect_problem(client.post("/tasks", R"({"title":"Tea"})", ann.tokens.access), 403, "forbidden");
}

BOOST_AUTO_TEST_CASE(a_deactivation_ends_what_is_under_way) {
  const Answer answer = change(ann, R"({"is_active":false})");
  BOOST_TEST(answer.json()["state"].text() == "inactive");
  BOOST_TEST(recorded(answer) == "account.change success -");
  expect_problem(client.get("/tasks", ann.tokens.access), 401, "invalid_token");
  expect_problem(client.post("/auth/refresh", R"({"refresh_token":")" + ann.tokens.refresh + "\"}"), 401,
                 "invalid_token");
  expect_problem(client.post("/auth/login", credentials(ann)), 401, "invalid_credentials");
  BOOST_TEST(change(ann, R"({"is_active":true})").json()["state"].text() == "active");
  BOOST_TEST(client.post("/auth/login", credentials(ann)).status == 200);
}

BOOST_AUTO_TEST_CASE(a_lock_is_lifted) {
  const Person wrong{"", ann.email, "not the password", {}};
  for (int i = 0; i < 5; ++i) BOOST_TEST(client.post("/auth/login", credentials(wrong)).status == 401);
  expect_problem(client.post("/auth/login", credentials(ann)), 423, "account_locked");
  const Json locked = ask("GET", path_of(ann)).json();
  BOOST_TEST(locked["state"].text() == "locked");
  BOOST_TEST(!locked["locked_until"]["email"].is_null());
  const Answer answer = change(ann, R"({"locked":false})");
  BOOST_TEST(answer.json()["state"].text() == "active");
  BOOST_TEST(recorded(answer) == "account.unlock success email");
  BOOST_TEST(client.post("/auth/login", credentials(ann)).status == 200);
  expect_faults(change(ann, R"({"locked":true,"is_active":"no"})"),
                {"locked:invalid_value", "is_active:wrong_type"});
}

BOOST_AUTO_TEST_CASE(an_address_is_changed_and_a_reset_is_mailed_to_it) {
  const std::string email = new_email();
  const Answer answer = change(ann, R"({"email":")" + email + R"(","password_reset":true})");
  BOOST_REQUIRE(answer.status == 200);
  BOOST_TEST(answer.json()["email"].text() == email);
  BOOST_TEST(!answer.json()["email_verified"].boolean());
  expect_problem(client.get("/tasks", ann.tokens.access), 401, "invalid_token");
  BOOST_TEST(mail_to(stack, ann.email).find(email) != std::string::npos);
  const std::string code = code_in(mail_to(stack, email));
  const Answer reset = client.post("/auth/password/reset", R"({"email":")" + email + R"(","otp":")" + code +
                                                               R"(","new_password":"a quite new secret"})");
  BOOST_TEST(reset.status == 204, reset.body);
  BOOST_TEST(
      client.post("/auth/login", R"({"email":")" + email + R"(","password":"a quite new secret"})").status ==
      200);
  const Answer again = change(ann, R"({"password_reset":true})");
  expect_problem(again, 429, "too_many_requests");
  BOOST_TEST(again.header("retry-after") != "");
  expect_problem(change(ann, R"({"email":")" + admin.email + "\"}"), 409, "email_taken");
}

BOOST_AUTO_TEST_CASE(sessions_of_an_account_are_ended_and_counted) {
  static_cast<void>(log_in(stack, ann));
  const Answer ended = ask("DELETE", path_of(ann) + "/sessions");
  BOOST_REQUIRE(ended.status == 200);
  BOOST_TEST(ended.json()["ended"].number() == 2);
  BOOST_TEST(recorded(ended) == "session.end success all");
  expect_problem(client.get("/tasks", ann.tokens.access), 401, "invalid_token");
  BOOST_TEST(ask("DELETE", path_of(ann) + "/sessions").json()["ended"].number() == 0);
}

BOOST_AUTO_TEST_CASE(an_account_is_deleted_with_everything) {
  static_cast<void>(new_task(stack, ann.tokens.access));
  const Answer gone = ask("DELETE", path_of(ann));
  BOOST_TEST(gone.status == 204);
  BOOST_TEST(gone.body.empty());
  BOOST_TEST(recorded(gone) == "account.delete success -");
  BOOST_TEST(stack.sql("select count(*) from taskward.tasks where owner_id = '" + ann.id + "'") == "0");
  expect_problem(ask("DELETE", path_of(ann)), 404, "not_found");
  expect_problem(ask("GET", path_of(ann)), 404, "not_found");
  expect_problem(ask("GET", "/admin/users/no-id"), 404, "not_found");
  expect_problem(client.post("/auth/login", credentials(ann)), 401, "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(the_last_active_administrator_cannot_be_taken_away) {
  const Stack own;
  const Person boss = join(own, "admin");
  HttpClient there = own.client();
  const auto send = [&](const std::string& method, const std::optional<std::string>& body) {
    return there.send(
        {.method = method, .path = "/admin/users/" + boss.id, .body = body, .token = boss.tokens.access});
  };
  expect_problem(send("PATCH", R"({"role":"user"})"), 409, "last_administrator");
  expect_problem(send("PATCH", R"({"is_active":false})"), 409, "last_administrator");
  expect_problem(send("DELETE", std::nullopt), 409, "last_administrator");
  expect_problem(there.send({.method = "DELETE",
                             .path = "/auth/me",
                             .body = R"({"password":)" + json_string(boss.password) + '}',
                             .token = boss.tokens.access}),
                 409, "last_administrator");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"set", boss.email, "--role", "user"},
                                                {"set", boss.email, "--active", "no"},
                                                {"delete", boss.id, "--yes"}}) {
    std::vector<std::string> all{"taskward", "user"};
    all.insert(all.end(), words.begin(), words.end());
    const Finished refused = own.exec(all);
    BOOST_TEST(refused.status == 1);
    BOOST_TEST(refused.err.find("last active administrator") != std::string::npos, refused.err);
  }
  BOOST_TEST(there.get("/admin", boss.tokens.access).status == 200);
  static_cast<void>(join(own, "admin"));
  BOOST_TEST(send("PATCH", R"({"role":"user"})").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
