// Personal access tokens: every route × every scope, the ends of a token, Basic authentication, last use, and
// the record.
#include <utility>

#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "route_plans.hpp"
#include "running_stack.hpp"
#include "taskward/crypto/encoding.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
using std::chrono::seconds;

const std::vector<std::string> kScopes{"tasks:read", "tasks:write", "profile:read", "admin:read",
                                       "admin:write"};

using taskward::crypto::base64;

struct Token {
  std::string id;
  std::string secret;
};

struct TokensFixture : RouteFixture {
  User admin = new_user(stack, "admin");

  Token create(const User& owner, const std::string& scopes, const std::string& more = {}) {
    const Response created = client.post(
        "/auth/tokens", R"({"name":"Script","scopes":[)" + scopes + ']' + more + '}', owner.tokens.access);
    require_status(created, 201, "no token was created");
    return {created.json()["id"].text(), created.json()["token"].text()};
  }
  Token with_all_scopes(const User& owner) {
    return create(owner, R"("tasks:read","tasks:write","profile:read","admin:read","admin:write")");
  }
  void set(const Token& token, const std::string& what) const {
    static_cast<void>(
        stack.sql("update taskward.personal_tokens set " + what + " where id = '" + token.id + "'"));
  }
  /// The response to the planned request of the row, with the token.
  Response send(const Row& row, const User& owner, const std::string& secret) {
    return client.send(request_for(row, *this, secret, id_for(row, *this, owner)));
  }
  void expect_refused(const Response& response, const std::string& scope) {
    expect_problem(response, 403, "insufficient_scope");
    const std::string challenge = response.header("www-authenticate");
    BOOST_TEST(challenge.starts_with(R"(Bearer realm="taskward", error="insufficient_scope")"), challenge);
    BOOST_TEST((challenge.find(", scope=") != std::string::npos) == (scope != "none"), challenge);
    if (scope != "none") {
      BOOST_TEST(challenge.ends_with(", scope=\"" + scope + '"'), challenge);
      BOOST_TEST(response.json()["detail"].text().find(scope) != std::string::npos);
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(personal_tokens, TokensFixture)

BOOST_AUTO_TEST_CASE(token_permits_exactly_the_rows_of_its_scope) {
  for (const std::string& scope : kScopes) {
    const Token token = create(admin, '"' + scope + '"');
    for_each_row(*this, [&](const Row& row, const Plan& plan) {
      if (is_open(row)) return;
      BOOST_TEST_CONTEXT("with " << scope) {
        const Response response = send(row, admin, token.secret);
        if (row.scope == scope)
          BOOST_TEST(response.status == plan.status, response.body);
        else
          expect_refused(response, row.scope);
      }
    });
  }
}

BOOST_AUTO_TEST_CASE(every_row_with_a_scope_is_permitted_to_some_token_and_others_to_none) {
  const std::set<std::string> known(kScopes.begin(), kScopes.end());
  std::set<std::string> used;
  for (const Row& row : route_table(stack)) {
    if (row.scope == "none") continue;
    used.insert(row.scope);
    BOOST_TEST(known.count(row.scope) == 1U, row.name);
    BOOST_TEST((row.method == "GET" || !row.path.starts_with("/auth")), row.name);
  }
  BOOST_TEST((used == known));
}

BOOST_AUTO_TEST_CASE(token_that_is_not_live_is_401_on_every_row) {
  const Token revoked = with_all_scopes(admin);
  BOOST_TEST(
      client.send({.method = "DELETE", .path = "/auth/tokens/" + revoked.id, .token = admin.tokens.access})
          .status == 204);
  const Token expired = with_all_scopes(admin);
  set(expired, "expires_at = now()");
  const User inactive = new_user(stack);
  const Token of_inactive = create(inactive, R"("tasks:read","tasks:write","profile:read")");
  BOOST_TEST(stack.exec({"taskward", "user", "set", inactive.id, "--active", "no"}).status == 0);
  const User deleted = new_user(stack);
  const Token of_deleted = create(deleted, R"("tasks:read")");
  BOOST_TEST(stack.exec({"taskward", "user", "delete", deleted.id, "--yes"}).status == 0);
  std::string mistyped = with_all_scopes(admin).secret;
  std::swap(mistyped[10], mistyped[11] == mistyped[10] ? mistyped[12] : mistyped[11]);
  const std::map<std::string, std::string> tokens{{"revoked", revoked.secret},
                                                  {"expired", expired.secret},
                                                  {"of an inactive account", of_inactive.secret},
                                                  {"of a deleted account", of_deleted.secret},
                                                  {"mistyped", mistyped},
                                                  {"cut", revoked.secret.substr(0, 51)},
                                                  {"empty", "tw_"}};
  for (const auto& [how, secret] : tokens) {
    for_each_row(*this, [&, &how = how, &secret = secret](const Row& row, const Plan&) {
      if (is_open(row)) return;
      BOOST_TEST_CONTEXT(how) expect_problem(send(row, admin, secret), 401, "invalid_token");
    });
  }
  BOOST_TEST(client.get("/tasks", mistyped).json()["detail"].text().find("mistyped") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(token_of_a_demoted_owner_permits_what_the_new_role_permits) {
  const User owner = new_user(stack, "admin");
  const Token token = with_all_scopes(owner);
  BOOST_TEST(client.get("/admin/users", token.secret).status == 200);
  BOOST_TEST(stack.exec({"taskward", "user", "set", owner.id, "--role", "guest"}).status == 0);
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    if (is_open(row)) return;
    const Response response = send(row, owner, token.secret);
    if (row.scope == "none")
      expect_refused(response, row.scope);
    else if (split_list(row.roles).count("guest") == 1)
      BOOST_TEST(response.status == plan.status, response.body);
    else
      expect_problem(response, 403, "forbidden");
  });
}

BOOST_AUTO_TEST_CASE(token_reaches_only_what_belongs_to_its_owner) {
  const User owner = new_user(stack);
  const Token token = create(owner, R"("tasks:read","tasks:write")");
  const std::string foreign = task_of(other);
  for (const char* method : {"GET", "PATCH", "DELETE"}) {
    expect_problem(client.send({.method = method,
                                .path = "/tasks/" + foreign,
                                .body = std::string(method) == "PATCH"
                                            ? std::optional<std::string>(R"({"title":"mine"})")
                                            : std::nullopt,
                                .token = token.secret}),
                   404, "not_found");
  }
  BOOST_TEST(client.get("/auth/me", create(owner, R"("profile:read")").secret).json()["id"].text() ==
             owner.id);
}

BOOST_AUTO_TEST_CASE(token_does_not_change_how_an_account_logs_in_or_the_account_of_its_owner) {
  const Token token = with_all_scopes(admin);
  const auto change = [&](const std::string& id, const std::string& body) {
    return client.send(
        {.method = "PATCH", .path = "/admin/users/" + id, .body = body, .token = token.secret});
  };
  for (const std::string& body :
       {R"({"role":"admin"})", R"({"is_active":true})", R"({"email":"new@example.org"})",
        R"({"username":"new-name"})", R"({"locked":false})", R"({"password_reset":true})"})
    expect_problem(change(other.id, body), 403, "insufficient_scope");
  expect_problem(change(admin.id, R"({"name":"Ada"})"), 403, "insufficient_scope");
  expect_problem(client.send({.method = "DELETE", .path = "/admin/users/" + admin.id, .token = token.secret}),
                 403, "insufficient_scope");
  expect_problem(
      client.post("/admin/users", R"({"email":")" + new_email() + R"(","role":"admin"})", token.secret), 403,
      "insufficient_scope");
  BOOST_TEST(change(other.id, R"({"name":"Ada"})").status == 200);
  BOOST_TEST(stack.sql("select count(*) from taskward.audit where action = 'access.denied' and token_id = '" +
                       token.id + "' and outcome = 'denied'") == "9");
  set(token, "revoked_at = now()");
  expect_problem(change(other.id, R"({"role":"admin"})"), 401, "invalid_token");
}

BOOST_AUTO_TEST_CASE(rows_for_anyone_do_not_take_a_token) {
  const Token token = with_all_scopes(admin);
  expect_problem(client.post("/auth/logout", "{}", token.secret), 401, "invalid_token");
  expect_problem(client.post("/auth/refresh", "{}", token.secret), 401, "invalid_token");
  expect_refused(
      client.post("/auth/register",
                  R"({"email":")" + new_email() + R"(","password":"a long enough secret","role":"admin"})",
                  token.secret),
      "none");
  BOOST_TEST(client.get("/tasks", token.secret).status == 200);
}

BOOST_AUTO_TEST_CASE(password_of_basic_authentication_may_be_a_token) {
  const Token token = create(admin, R"("tasks:read")");
  const auto with = [&](const std::string& user, const std::string& password) {
    return client.send({.path = "/tasks/export?format=ics",
                        .headers = {"Authorization: Basic " + base64(user + ':' + password)}});
  };
  for (const char* user : {"ada", "", "somebody else"}) {
    const Response response = with(user, token.secret);
    BOOST_TEST(response.status == 200, response.body);
    BOOST_TEST(response.body.starts_with("BEGIN:VCALENDAR"));
  }
  for (const std::string& password : {admin.password, admin.tokens.access, token.secret + 'x'})
    expect_problem(with(admin.email, password), 401, "invalid_token");
  const CommandResult curl = stack.exec(
      {"curl", "-sS", "--cacert", stack.certificate(), "-u", "ada:" + token.secret, stack.url() + "/tasks"});
  BOOST_TEST(curl.out.starts_with(R"({"items":[)"), curl.out + curl.err);
  // A program that waits to be asked for a password is asked, and a browser with a bearer token is not.
  const auto challenges = [](const Response& response) {
    std::vector<std::string> schemes;
    for (const auto& [name, value] : response.headers)
      if (name == "www-authenticate") schemes.push_back(value.substr(0, value.find(' ')));
    return schemes;
  };
  const std::vector<std::string> both{"Bearer", "Basic"};
  const std::vector<std::string> bearer{"Bearer"};
  BOOST_TEST(challenges(client.get("/tasks/export")) == both, boost::test_tools::per_element());
  BOOST_TEST(challenges(with("ada", "wrong")) == both, boost::test_tools::per_element());
  BOOST_TEST(challenges(client.get("/tasks/export", "wrong")) == bearer, boost::test_tools::per_element());
  BOOST_TEST(challenges(client.get("/auth/sessions")) == bearer, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(token_is_created_listed_renamed_and_revoked) {
  const User owner = new_user(stack);
  const std::string& access = owner.tokens.access;
  const Response created = client.post(
      "/auth/tokens", R"({"name":"Backup","scopes":["tasks:write","tasks:read"],"expires_in":3600})", access);
  BOOST_TEST(created.status == 201, created.body);
  BOOST_TEST(created.header("cache-control") == "no-store");
  const Json body = created.json();
  const std::string id = body["id"].text();
  const std::string secret = body["token"].text();
  BOOST_TEST(created.header("location") == "/auth/tokens/" + id);
  BOOST_TEST(secret.size() == 52U);
  BOOST_TEST(secret.starts_with("tw_"));
  BOOST_TEST(body["scopes"].size() == 2U);
  BOOST_TEST(body["scopes"].at(0).text() == "tasks:read");
  const Response listed = client.get("/auth/tokens", access);
  BOOST_TEST(listed.body.find(secret) == std::string::npos);
  BOOST_TEST(listed.json()["items"].size() == 1U);
  BOOST_TEST(listed.json()["items"].at(0)["id"].text() == id);
  const auto change = [&](const std::string& method, const std::optional<std::string>& text = std::nullopt) {
    return client.send({.method = method, .path = "/auth/tokens/" + id, .body = text, .token = access});
  };
  BOOST_TEST(change("PATCH", R"({"name":"Nightly backup"})").json()["name"].text() == "Nightly backup");
  expect_faults(change("PATCH", R"({"name":"","scopes":["admin:write"]})"),
                {"name:too_short", "scopes:unknown_member"});
  expect_problem(
      client.send({.method = "DELETE", .path = "/auth/tokens/" + id, .token = other.tokens.access}), 404,
      "not_found");
  BOOST_TEST(client.get("/tasks", secret).status == 200);
  BOOST_TEST(change("DELETE").status == 204);
  expect_problem(change("DELETE"), 404, "not_found");
  expect_problem(client.get("/tasks", secret), 401, "invalid_token");
}

BOOST_AUTO_TEST_CASE(invalid_orders_of_tokens_are_refused_with_all_errors) {
  const User owner = new_user(stack);
  const auto faults = [&](const std::string& body, const std::set<std::string>& expected) {
    BOOST_TEST_CONTEXT(body) expect_faults(client.post("/auth/tokens", body, owner.tokens.access), expected);
  };
  faults("{}", {"name:required", "scopes:required"});
  faults(R"({"name":"","scopes":[]})", {"name:too_short", "scopes:too_short"});
  faults(
      R"({"name":"a\nb","scopes":["tasks:read","tasks:read","all",7]})",
      {"name:invalid_character", "scopes[1]:duplicate", "scopes[2]:invalid_value", "scopes[3]:wrong_type"});
  faults(R"({"name":"x","scopes":["tasks:read"],"expires_in":59})", {"expires_in:out_of_range"});
  faults(R"({"name":"x","scopes":["tasks:read"],"expires_in":31536001})", {"expires_in:out_of_range"});
  faults(R"({"name":"x","scopes":["admin:read","tasks:read"]})", {"scopes:invalid_value"});
  BOOST_TEST(client.get("/auth/tokens", owner.tokens.access).json()["items"].size() == 0U);
}

BOOST_AUTO_TEST_CASE(account_with_fifty_tokens_gets_no_more) {
  const User owner = new_user(stack);
  std::string last;
  for (int i = 0; i < 50; ++i) last = create(owner, R"("tasks:read")").id;
  const std::string order = R"({"name":"x","scopes":["tasks:read"]})";
  expect_problem(client.post("/auth/tokens", order, owner.tokens.access), 422, "too_many_tokens");
  BOOST_TEST(client.send({.method = "DELETE", .path = "/auth/tokens/" + last, .token = owner.tokens.access})
                 .status == 204);
  BOOST_TEST(client.post("/auth/tokens", order, owner.tokens.access).status == 201);
}

BOOST_AUTO_TEST_CASE(last_use_is_shown_and_written_at_most_once_a_minute) {
  const User owner = new_user(stack);
  const Token token = create(owner, R"("tasks:read")");
  const auto last_use = [&] {
    return client.get("/auth/tokens", owner.tokens.access).json()["items"].at(0)["last_used_at"];
  };
  expect_refused(client.get("/auth/me", token.secret), "profile:read");
  BOOST_TEST(last_use().is_null());
  BOOST_TEST(client.get("/tasks", token.secret).status == 200);
  BOOST_TEST(!last_use().is_null());
  const auto written = [&] {
    return stack.sql("select xmin, last_used_address from taskward.personal_tokens where id = '" + token.id +
                     "'");
  };
  const std::string once = written();
  BOOST_TEST(once.ends_with("|127.0.0.1"), once);
  for (int i = 0; i < 20; ++i) BOOST_TEST(client.get("/tasks", token.secret).status == 200);
  BOOST_TEST(written() == once);
}

BOOST_AUTO_TEST_CASE(record_names_the_token_and_is_sealed) {
  const User owner = new_user(stack);
  const Token token = create(owner, R"("tasks:write")");
  const Response made = client.post("/tasks", R"({"title":"Tea"})", token.secret);
  BOOST_TEST(made.status == 201);
  expect_refused(client.get("/tasks", token.secret), "tasks:read");
  const auto records =
      client.get("/admin/audit?actor=" + owner.id + "&token=" + token.id, admin.tokens.access)
          .json()["items"];
  BOOST_TEST_REQUIRE(records.size() == 2U);
  BOOST_TEST(records.at(0)["action"].text() == "access.denied");
  BOOST_TEST(records.at(0)["reason"].text() == "tasks:read");
  BOOST_TEST(records.at(1)["action"].text() == "task.create");
  BOOST_TEST(records.at(1)["token_id"].text() == token.id);
  BOOST_TEST(records.at(1)["actor_id"].text() == owner.id);
  const auto denied = client.get("/auth/activity", owner.tokens.access).json()["items"].at(0);
  BOOST_TEST(denied["action"].text() == "access.denied");
  BOOST_TEST(denied["token_id"].text() == token.id);
  BOOST_TEST(eventually(seconds(30), [&] {
    return stack.exec({"taskward", "audit", "prove", records.at(1)["id"].text(), "--json"}).status == 0;
  }));
  BOOST_TEST(stack.exec({"taskward", "audit", "verify"}).status == 0);
}

BOOST_AUTO_TEST_CASE(administrators_list_and_revoke_the_tokens_of_an_account) {
  const User owner = new_user(stack);
  const Token token = create(owner, R"("tasks:read")");
  static_cast<void>(create(owner, R"("profile:read")"));
  const std::string path = "/admin/users/" + owner.id + "/tokens";
  BOOST_TEST(client.get(path, admin.tokens.access).json()["items"].size() == 2U);
  BOOST_TEST(client.send({.method = "DELETE", .path = path, .token = admin.tokens.access})
                 .json()["revoked"]
                 .number() == 2);
  expect_problem(client.get("/tasks", token.secret), 401, "invalid_token");
  expect_problem(client.get("/admin/users/018f0000-0000-7000-8000-000000000000/tokens", admin.tokens.access),
                 404, "not_found");
}

BOOST_AUTO_TEST_CASE(tokens_are_listed_and_revoked_on_the_command_line) {
  const User owner = new_user(stack);
  const Token token = create(owner, R"("tasks:read","profile:read")");
  const Token more = create(owner, R"("tasks:read")");
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"taskward", "user", "token"});
    return stack.exec(words);
  };
  const CommandResult table = run({"list", owner.email});
  BOOST_TEST(table.status == 0, table.err);
  BOOST_TEST(table.out.starts_with("ID  "));
  BOOST_TEST(table.out.find(token.id + "  valid  tasks:read,profile:read") != std::string::npos, table.out);
  BOOST_TEST(run({"revoke", owner.email, token.id}).status == 0);
  BOOST_TEST(run({"revoke", owner.email, token.id}).status == 3);
  expect_problem(client.get("/tasks", token.secret), 401, "invalid_token");
  BOOST_TEST(Json::parse(run({"list", owner.email, "--json"}).out).size() == 2U);
  const CommandResult all = run({"revoke", owner.email, "--all"});
  BOOST_TEST(all.out == "1 token was revoked.\n", all.out);
  expect_problem(client.get("/tasks", more.secret), 401, "invalid_token");
  BOOST_TEST(run({"list", "nobody"}).status == 3);
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{},
                                             {"lst", owner.email},
                                             {"list"},
                                             {"revoke", owner.email},
                                             {"revoke", owner.email, "x"},
                                             {"revoke", owner.email, more.id, "--all"},
                                             {"list", owner.email, "--all"}})
    BOOST_TEST(run(wrong).status == 2);
  BOOST_TEST(
      stack.sql("select count(*) from taskward.audit where actor_id is null and action = 'token.revoke' and "
                "object_id in ('" +
                token.id + "', '" + owner.id + "')") == "2");
}

BOOST_AUTO_TEST_CASE(database_that_is_away_is_503_also_for_an_unknown_token,
                     *boost::unit_test::label("slow")) {
  const Stack stopped;
  const User owner = new_user(stopped);
  HttpClient one = stopped.client();
  const auto token = [&] {
    return one.post("/auth/tokens", R"({"name":"x","scopes":["tasks:read"]})", owner.tokens.access)
        .json()["token"]
        .text();
  };
  const std::string known = token();
  const std::string unknown = token();
  BOOST_TEST(one.get("/tasks", known).status == 200);
  BOOST_TEST(stopped.exec({"pg_ctl", "-w", "stop", "-m", "fast"}).status == 0);
  for (const std::string& secret : {known, unknown})
    expect_problem(one.get("/tasks", secret), 503, "service_unavailable");
  expect_problem(one.get("/tasks", "tw_mistyped"), 401, "invalid_token");
  BOOST_TEST(stopped.exec({"pg_ctl", "-w", "start"}).status == 0);
  for (const std::string& secret : {known, unknown})
    BOOST_TEST(eventually(seconds(20), [&] { return one.get("/tasks", secret).status == 200; }));
}

BOOST_AUTO_TEST_SUITE_END()
