// Administration over HTTP: what administrators see and change, and the effect on the accounts concerned.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>

#include "expectations.hpp"
#include "load.hpp"
#include "mailbox.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace std::chrono_literals;
using namespace taskward::test;

struct AdminFixture {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  User admin = new_user(stack, "admin");
  User ann = new_user(stack);

  Response request(const std::string& method, const std::string& path, const std::string& body = {}) {
    Request out{.method = method, .path = path, .token = admin.tokens.access};
    if (!body.empty()) out.body = body;
    return client.send(out);
  }
  static std::string path_of(const User& user) { return "/admin/users/" + user.id; }
  Response change(const User& user, const std::string& body) { return request("PATCH", path_of(user), body); }

  /// "action outcome reason" of the audit records of the request, one per line.
  std::string audit_of(const Response& response) const {
    return stack.sql(
        "select action || ' ' || outcome || ' ' || coalesce(reason, '-') from taskward.audit where "
        "request_id = '" +
        response.header("x-request-id") + "' order by action");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admin, AdminFixture)

BOOST_AUTO_TEST_CASE(dashboard_counts_are_served_on_every_spelling_of_its_path) {
  static_cast<void>(new_task(stack, ann.tokens.access));
  for (const char* path : {"/admin", "/admin/dashboard", "/admin/"}) {
    const Response response = request("GET", path);
    BOOST_REQUIRE(response.status == 200);
    const Json dashboard = response.json();
    BOOST_TEST(dashboard["users"]["by_role"]["admin"].number() >= 1);
    BOOST_TEST(dashboard["users"]["by_role"]["user"].number() >= 1);
    BOOST_TEST(dashboard["users"]["by_state"]["active"].number() >= 2);
    BOOST_TEST(dashboard["tasks"]["by_status"]["todo"].number() >= 1);
    BOOST_TEST(dashboard["live_sessions"].number() >= 2);
    BOOST_TEST(dashboard["last_24_hours"]["logins"].number() >= 2);
    BOOST_TEST(dashboard["mail"].names().size() == 2U);
    BOOST_TEST(dashboard["security_events"].size() >= 1U);
    BOOST_TEST(dashboard["security_events"].size() <= 20U);
    BOOST_TEST(audit_of(response) == "dashboard.read success -");
  }
  expect_faults(request("GET", "/admin?x=1"), {"x:unknown_member"});
}

BOOST_AUTO_TEST_CASE(statistics_count_each_day_in_utc) {
  static_cast<void>(new_task(stack, ann.tokens.access));
  const std::string done = new_task(stack, ann.tokens.access);
  BOOST_TEST(client
                 .send({.method = "PATCH",
                        .path = "/tasks/" + done,
                        .body = R"({"status":"done"})",
                        .token = ann.tokens.access})
                 .status == 200);
  BOOST_TEST(client.post("/auth/login", R"({"email":")" + ann.email + R"(","password":"wrong"})").status ==
             401);
  const Response response = request("GET", "/admin/statistics?days=2");
  BOOST_REQUIRE(response.status == 200);
  const Json items = response.json()["items"];
  BOOST_REQUIRE(items.size() == 2U);
  BOOST_TEST(items.at(1)["date"].text() == stack.sql("select (now() at time zone 'UTC')::date"));
  BOOST_TEST(items.at(1)["logins"].number() >= 2);
  BOOST_TEST(items.at(1)["login_failures"].number() >= 1);
  BOOST_TEST(items.at(1)["tasks_created"].number() >= 2);
  BOOST_TEST(items.at(1)["tasks_completed"].number() >= 1);
  BOOST_TEST(items.at(1)["tasks_created"].number() > items.at(1)["tasks_completed"].number());
  BOOST_TEST(audit_of(response) == "dashboard.read success -");
  BOOST_TEST(request("GET", "/admin/statistics").json()["items"].size() == 30U);
  expect_faults(request("GET", "/admin/statistics?days=0&x=1"), {"days:out_of_range", "x:unknown_member"});
  expect_faults(request("GET", "/admin/statistics?days=91"), {"days:out_of_range"});
}

BOOST_AUTO_TEST_CASE(newest_seal_and_proof_of_a_record_can_be_read) {
  const std::string record = stack.sql("select id from taskward.audit order by at desc limit 1");
  // It is sealed within seconds.
  Response proof;
  BOOST_REQUIRE(eventually(30s, [&] {
    proof = request("GET", "/admin/audit/" + record + "/proof");
    if (proof.status == 409) BOOST_TEST(proof.json()["code"].text() == "record_not_sealed");
    return proof.status != 409;
  }));
  BOOST_REQUIRE(proof.status == 200);
  BOOST_TEST(audit_of(proof) == "audit.read success -");
  const Json body = proof.json();
  BOOST_TEST(body["record"]["id"].text() == record);
  // The same as the command line prints.
  BOOST_TEST(proof.body + "\n" == stack.exec({"taskward", "audit", "prove", record, "--json"}).out);

  const Response state = request("GET", "/admin/audit/seals");
  BOOST_REQUIRE(state.status == 200);
  BOOST_TEST(audit_of(state) == "audit.read success -");
  BOOST_TEST(state.json()["newest"]["number"].number() >= body["seal"]["number"].number());
  BOOST_TEST(state.json()["newest"]["hash"].text().size() == 64U);
  BOOST_TEST(state.json()["lag_seconds"].number() < 60);

  const std::string unknown = "01936b5e-9a11-7d10-9c3b-2f4e6a8c0d1e";
  expect_problem(request("GET", "/admin/audit/" + unknown + "/proof"), 404, "not_found");
  expect_problem(request("GET", "/admin/audit/x/proof"), 404, "not_found");
}

BOOST_AUTO_TEST_CASE(changed_record_has_no_proof) {
  const std::string record = stack.sql("select id from taskward.audit order by at desc limit 1");
  BOOST_REQUIRE(
      eventually(30s, [&] { return request("GET", "/admin/audit/" + record + "/proof").status == 200; }));
  const std::string reason =
      stack.sql("select coalesce(reason, '') from taskward.audit where id = '" + record + "'");
  static_cast<void>(stack.sql("update taskward.audit set reason = 'forged' where id = '" + record + "'"));
  expect_problem(request("GET", "/admin/audit/" + record + "/proof"), 409, "seal_mismatch");
  static_cast<void>(stack.sql("update taskward.audit set reason = nullif('" + reason + "', '') where id = '" +
                              record + "'"));
  BOOST_TEST(request("GET", "/admin/audit/" + record + "/proof").status == 200);
}

BOOST_AUTO_TEST_CASE(dead_mail_is_listed_and_queued_again) {
  // Its content cannot be decrypted, so the background process does not deliver it.
  const auto insert = [&](const std::string& columns, const std::string& values) {
    return stack.sql(
        "insert into taskward.outbox (id, kind, sealed, next_try_at" + columns +
        ") values (overlay(gen_random_uuid()::text placing '7' from 15)::uuid, 'login_code', 'x',"
        " now()" +
        values + ") returning id");
  };
  const std::string dead = insert(", state, last_error, attempts", ", 'dead', '550 no such mailbox', 3");
  const std::string expired = insert(", state, useful_until", ", 'dead', now()");
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const Response page = request("GET", "/admin/mail?state=dead&limit=1" + cursor);
    BOOST_REQUIRE(page.status == 200);
    BOOST_TEST(audit_of(page) == "mail.read success -");
    const Json mail = page.json()["items"].at(0);
    seen.push_back(mail["id"].text());
    if (seen.back() == dead) {
      BOOST_TEST(mail["state"].text() == "dead");
      BOOST_TEST(mail["kind"].text() == "login_code");
      BOOST_TEST(mail["last_error"].text() == "550 no such mailbox");
      BOOST_TEST(mail["attempts"].number() == 3);
      BOOST_TEST(mail["recipient"].is_null());
      BOOST_TEST(mail["next_try_at"].is_null());
    }
    cursor = page.json().has("next_cursor") ? "&cursor=" + page.json()["next_cursor"].text() : "";
  } while (!cursor.empty());
  BOOST_TEST(std::count(seen.begin(), seen.end(), dead) == 1);
  BOOST_TEST(std::is_sorted(seen.rbegin(), seen.rend()));

  const Response retried = request("POST", "/admin/mail/" + dead + "/retry");
  BOOST_TEST(retried.status == 204);
  BOOST_TEST(audit_of(retried) == "mail.retry success -");
  expect_problem(request("POST", "/admin/mail/" + expired + "/retry"), 409, "mail_not_dead");
  expect_problem(request("POST", "/admin/mail/01936b5e-9a11-7d10-9c3b-2f4e6a8c0d1e/retry"), 404, "not_found");
  expect_faults(request("GET", "/admin/mail?state=lost&cursor=x&limit=0"),
                {"state:invalid_value", "cursor:invalid_value", "limit:out_of_range"});
}

BOOST_AUTO_TEST_CASE(waiting_mail_is_listed_with_its_recipient) {
  const Stack& slow =
      running_stack({{"MAIL_SERVER", "127.0.0.1"}, {"MAIL_PORT", "1"}, {"MAIL_USE_TLS", "off"}});
  const User operator_ = new_user(slow, "admin");
  const std::string email = new_email();
  BOOST_TEST(slow.client().post("/auth/otp/request", R"({"email":")" + email + "\"}").status == 202);
  const Response page = slow.client().send({.path = "/admin/mail", .token = operator_.tokens.access});
  BOOST_REQUIRE(page.status == 200);
  const Json mail = page.json()["items"].at(0);
  BOOST_TEST(mail["recipient"].text() == email);
  BOOST_TEST(mail["state"].text() == "waiting");
  BOOST_TEST(!mail["next_try_at"].is_null());
}

BOOST_AUTO_TEST_CASE(accounts_can_be_searched_and_paged) {
  const std::string word = unique_name();
  for (int i = 0; i < 5; ++i) {
    BOOST_REQUIRE(
        request("POST", "/admin/users", R"({"email":")" + std::to_string(i) + word + R"(@example.org"})")
            .status == 201);
  }
  std::string path = "/admin/users?q=" + word + "&limit=2&count=true";
  std::vector<std::string> emails;
  for (int pages = 0; pages < 3; ++pages) {
    const Response response = request("GET", path);
    BOOST_REQUIRE(response.status == 200);
    const Json page = response.json();
    BOOST_TEST(page["total"].number() == 5);
    for (std::size_t i = 0; i < page["items"].size(); ++i)
      emails.push_back(page["items"].at(i)["email"].text());
    const std::string link = response.header("link");
    BOOST_TEST(page.has("next_cursor") == (pages < 2));
    BOOST_TEST(link.empty() == (pages == 2));
    if (pages == 2) break;
    BOOST_REQUIRE(link.ends_with(">; rel=\"next\""));
    path = link.substr(1, link.find('>') - 1);
    BOOST_TEST(audit_of(response) == "account.list success -");
  }
  BOOST_REQUIRE(emails.size() == 5U);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(emails[static_cast<std::size_t>(i)] == std::to_string(4 - i) + word + "@example.org");
  expect_faults(request("GET", "/admin/users?limit=101&role=king&cursor=x"),
                {"limit:out_of_range", "role:invalid_value"});
  expect_faults(request("GET", "/admin/users?cursor=x"), {"cursor:invalid_value"});
}

BOOST_AUTO_TEST_CASE(account_created_without_a_password_can_log_in_by_code) {
  const std::string email = new_email();
  const Response created =
      request("POST", "/admin/users", R"({"email":")" + email + R"(","name":"Grace","role":"guest"})");
  BOOST_REQUIRE(created.status == 201);
  const Json account = created.json();
  BOOST_TEST(created.header("location") == "/admin/users/" + account["id"].text());
  BOOST_TEST(account["role"].text() == "guest");
  BOOST_TEST(account["name"].text() == "Grace");
  BOOST_TEST(account["state"].text() == "active");
  BOOST_TEST(!account["email_verified"].boolean());
  BOOST_TEST(request("GET", created.header("location")).json()["email"].text() == email);
  BOOST_REQUIRE(client.post("/auth/otp/request", R"({"email":")" + email + "\"}").status == 202);
  const std::string code = code_in(mail_to(stack, email));
  const Response logged_in =
      client.post("/auth/otp/verify", R"({"email":")" + email + R"(","otp":")" + code + "\"}");
  BOOST_TEST(logged_in.json()["user"]["id"].text() == account["id"].text());
  expect_problem(request("POST", "/admin/users", R"({"email":")" + email + "\"}"), 409, "email_taken");
  expect_problem(
      request("POST", "/admin/users", R"({"email":")" + new_email() + R"(","password":"password1"})"), 422,
      "validation_failed");
}

BOOST_AUTO_TEST_CASE(reading_an_account_omits_the_hash_and_is_audited) {
  static_cast<void>(new_task(stack, ann.tokens.access));
  const Response response = request("GET", path_of(ann));
  BOOST_REQUIRE(response.status == 200);
  const Json account = response.json();
  BOOST_TEST(account["id"].text() == ann.id);
  BOOST_TEST(account["live_sessions"].number() == 1);
  BOOST_TEST(account["tasks"]["by_status"]["todo"].number() == 1);
  BOOST_TEST(!account["last_login_at"].is_null());
  BOOST_TEST(account["locked_until"]["email"].is_null());
  BOOST_TEST(response.body.find("$2") == std::string::npos);
  BOOST_TEST(response.body.find("password") == std::string::npos);
  BOOST_TEST(audit_of(response) == "account.read success -");
  // The owner of the account sees the access, but not the administrator's address.
  const Response activity = client.get("/auth/activity", ann.tokens.access);
  const Json event = activity.json()["items"].at(0);
  BOOST_TEST(event["action"].text() == "account.read");
  BOOST_TEST(event["client_address"].is_null());
}

BOOST_AUTO_TEST_CASE(role_change_applies_to_the_next_request) {
  expect_problem(client.get("/admin", ann.tokens.access), 403, "forbidden");
  BOOST_TEST(change(ann, R"({"role":"admin"})").json()["role"].text() == "admin");
  BOOST_TEST(client.get("/admin", ann.tokens.access).status == 200);
  BOOST_TEST(change(ann, R"({"role":"guest"})").status == 200);
  expect_problem(client.get("/admin", ann.tokens.access), 403, "forbidden");
  expect_problem(client.post("/tasks", R"({"title":"Tea"})", ann.tokens.access), 403, "forbidden");
}

BOOST_AUTO_TEST_CASE(deactivation_ends_sessions_and_blocks_login) {
  const Response response = change(ann, R"({"is_active":false})");
  BOOST_TEST(response.json()["state"].text() == "inactive");
  BOOST_TEST(audit_of(response) == "account.change success -");
  expect_problem(client.get("/tasks", ann.tokens.access), 401, "invalid_token");
  expect_problem(client.post("/auth/refresh", R"({"refresh_token":")" + ann.tokens.refresh + "\"}"), 401,
                 "invalid_token");
  expect_problem(client.post("/auth/login", credentials(ann)), 401, "invalid_credentials");
  BOOST_TEST(change(ann, R"({"is_active":true})").json()["state"].text() == "active");
  BOOST_TEST(client.post("/auth/login", credentials(ann)).status == 200);
}

BOOST_AUTO_TEST_CASE(lockout_can_be_lifted) {
  const User wrong{"", ann.email, "not the password", {}};
  for (int i = 0; i < 5; ++i) BOOST_TEST(client.post("/auth/login", credentials(wrong)).status == 401);
  expect_problem(client.post("/auth/login", credentials(ann)), 423, "account_locked");
  const Json locked = request("GET", path_of(ann)).json();
  BOOST_TEST(locked["state"].text() == "locked");
  BOOST_TEST(!locked["locked_until"]["email"].is_null());
  const Response response = change(ann, R"({"locked":false})");
  BOOST_TEST(response.json()["state"].text() == "active");
  BOOST_TEST(audit_of(response) == "account.unlock success caller,email");
  BOOST_TEST(client.post("/auth/login", credentials(ann)).status == 200);
  expect_faults(change(ann, R"({"locked":true,"is_active":"no"})"),
                {"locked:invalid_value", "is_active:wrong_type"});
}

BOOST_AUTO_TEST_CASE(password_reset_is_mailed_to_the_changed_address) {
  const std::string email = new_email();
  const Response response = change(ann, R"({"email":")" + email + R"(","password_reset":true})");
  BOOST_REQUIRE(response.status == 200);
  BOOST_TEST(response.json()["email"].text() == email);
  BOOST_TEST(!response.json()["email_verified"].boolean());
  expect_problem(client.get("/tasks", ann.tokens.access), 401, "invalid_token");
  BOOST_TEST(mail_to(stack, ann.email).find(email) != std::string::npos);
  const std::string code = code_in(mail_to(stack, email));
  const Response reset = client.post("/auth/password/reset", R"({"email":")" + email + R"(","otp":")" + code +
                                                                 R"(","new_password":"a quite new secret"})");
  BOOST_TEST(reset.status == 204, reset.body);
  BOOST_TEST(
      client.post("/auth/login", R"({"email":")" + email + R"(","password":"a quite new secret"})").status ==
      200);
  const Response again = change(ann, R"({"password_reset":true})");
  expect_problem(again, 429, "too_many_requests");
  BOOST_TEST(again.header("retry-after") != "");
  expect_problem(change(ann, R"({"email":")" + admin.email + "\"}"), 409, "email_taken");
}

BOOST_AUTO_TEST_CASE(ending_all_sessions_of_an_account_returns_their_number) {
  static_cast<void>(log_in(stack, ann));
  const Response ended = request("DELETE", path_of(ann) + "/sessions");
  BOOST_REQUIRE(ended.status == 200);
  BOOST_TEST(ended.json()["ended"].number() == 2);
  BOOST_TEST(audit_of(ended) == "session.end success all");
  expect_problem(client.get("/tasks", ann.tokens.access), 401, "invalid_token");
  BOOST_TEST(request("DELETE", path_of(ann) + "/sessions").json()["ended"].number() == 0);
}

BOOST_AUTO_TEST_CASE(deleting_an_account_removes_its_data) {
  static_cast<void>(new_task(stack, ann.tokens.access));
  const Response deleted = request("DELETE", path_of(ann));
  BOOST_TEST(deleted.status == 204);
  BOOST_TEST(deleted.body.empty());
  BOOST_TEST(audit_of(deleted) == "account.delete success -");
  BOOST_TEST(stack.sql("select count(*) from taskward.tasks where owner_id = '" + ann.id + "'") == "0");
  expect_problem(request("DELETE", path_of(ann)), 404, "not_found");
  expect_problem(request("GET", path_of(ann)), 404, "not_found");
  expect_problem(request("GET", "/admin/users/no-id"), 404, "not_found");
  expect_problem(client.post("/auth/login", credentials(ann)), 401, "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(last_active_administrator_cannot_be_removed, *boost::unit_test::label("slow")) {
  const Stack own_stack;
  const User administrator = new_user(own_stack, "admin");
  HttpClient own_client = own_stack.client();
  const auto send = [&](const std::string& method, const std::optional<std::string>& body) {
    return own_client.send({.method = method,
                            .path = "/admin/users/" + administrator.id,
                            .body = body,
                            .token = administrator.tokens.access});
  };
  expect_problem(send("PATCH", R"({"role":"user"})"), 409, "last_administrator");
  expect_problem(send("PATCH", R"({"is_active":false})"), 409, "last_administrator");
  expect_problem(send("DELETE", std::nullopt), 409, "last_administrator");
  expect_problem(own_client.send({.method = "DELETE",
                                  .path = "/auth/me",
                                  .body = R"({"password":)" + json_string(administrator.password) + '}',
                                  .token = administrator.tokens.access}),
                 409, "last_administrator");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"set", administrator.email, "--role", "user"},
        {"set", administrator.email, "--active", "no"},
        {"delete", administrator.id, "--yes"}}) {
    std::vector<std::string> all{"taskward", "user"};
    all.insert(all.end(), words.begin(), words.end());
    const CommandResult refused = own_stack.exec(all);
    BOOST_TEST(refused.status == 3);
    BOOST_TEST(refused.err.find("last active administrator") != std::string::npos, refused.err);
  }
  BOOST_TEST(own_client.get("/admin", administrator.tokens.access).status == 200);
  static_cast<void>(new_user(own_stack, "admin"));
  BOOST_TEST(send("PATCH", R"({"role":"user"})").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
