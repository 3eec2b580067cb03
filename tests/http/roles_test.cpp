// Every route × role × owner: what the route table promises is what happens.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "expectations.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;

struct Row {
  std::string name;
  std::string method;
  std::string path;
  std::string permission;
  std::string roles;
};

std::vector<std::string> columns(const std::string& line) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find("  ", at), line.size());
    out.push_back(line.substr(at, end - at));
    at = std::min(line.find_first_not_of(' ', end), line.size());
  }
  return out;
}

std::vector<Row> route_table(const Stack& stack) {
  std::istringstream text(stack.exec({"taskward", "routes"}).out);
  std::string line;
  std::getline(text, line);
  const std::vector<std::string> heads{"NAME", "METHOD", "PATH", "PERMISSION", "ROLES", "POOL"};
  BOOST_TEST(columns(line) == heads, boost::test_tools::per_element());
  std::vector<Row> rows;
  while (std::getline(text, line)) {
    const auto cells = columns(line);
    BOOST_REQUIRE(cells.size() == heads.size());
    rows.push_back({cells[0], cells[1], cells[2], cells[3], cells[4]});
  }
  BOOST_TEST(rows.size() >= 16U);
  return rows;
}

struct Cast {
  const Stack& stack = running_stack();
  std::map<std::string, Person> by_role{
      {"guest", join(stack, "guest")}, {"user", join(stack)}, {"admin", join(stack, "admin")}};
  Person other = join(stack);
  HttpClient client = stack.client();

  /// In the database, because a guest cannot make one.
  std::string task_of(const Person& owner) const {
    return stack.sql(
        "insert into taskward.tasks (owner_id, id, title, status) select '" + owner.id +
        "', overlay(gen_random_uuid()::text placing '7' from 15)::uuid, 'Tea', 'todo' returning id");
  }
};

/// What a request of each row needs, and the status it ends with when it is permitted.
struct Plan {
  int status;
  std::function<std::optional<std::string>(Cast&)> body = [](Cast&) { return std::nullopt; };
};

std::optional<std::string> new_account(Cast&) {
  return R"({"email":")" + new_email() + R"(","password":"a long enough secret"})";
}
std::optional<std::string> known_account(Cast& cast) { return credentials(cast.other); }
std::optional<std::string> fresh_token(Cast& cast) {
  return R"({"refresh_token":")" + log_in(cast.stack, cast.other).refresh + "\"}";
}
std::optional<std::string> fresh_address(Cast&) { return R"({"email":")" + new_email() + "\"}"; }
std::optional<std::string> wrong_code(Cast&) { return R"({"email":"nobody@example.org","otp":"000000"})"; }
std::optional<std::string> task(Cast&) { return R"({"title":"Coffee"})"; }

const std::map<std::string, Plan>& plans() {
  static const std::map<std::string, Plan> all{
      {"register", {201, new_account}},
      {"login", {200, known_account}},
      {"login_short", {200, known_account}},
      {"refresh", {200, fresh_token}},
      {"refresh_short", {200, fresh_token}},
      {"logout", {204, fresh_token}},
      {"otp_request", {202, fresh_address}},
      {"otp_verify", {401, wrong_code}},
      {"me", {200}},
      {"change_me", {200, [](Cast&) { return R"({"name":"Ada"})"; }}},
      {"delete_me", {401, [](Cast&) { return R"({"password":"not the password"})"; }}},
      {"change_password",
       {401,
        [](Cast&) {
          return R"({"current_password":"not the password","new_password":"a long new secret"})";
        }}},
      {"forgot_password", {202, fresh_address}},
      {"reset_password",
       {401,
        [](Cast&) {
          return R"({"email":"nobody@example.org","otp":"000000","new_password":"a long new secret"})";
        }}},
      {"sessions", {200}},
      {"end_session", {404}},
      {"activity", {200}},
      {"protected", {200}},
      {"list_tasks", {200}},
      {"create_task", {201, task}},
      {"batch_tasks", {200, [](Cast&) { return R"({"create":[{"title":"Coffee"}]})"; }}},
      {"export_tasks", {200}},
      {"import_tasks", {200, [](Cast&) { return R"([{"title":"Coffee"}])"; }}},
      {"read_task", {200}},
      {"replace_task", {200, task}},
      {"change_task", {200, task}},
      {"delete_task", {204}},
      {"restore_task", {200}},
      {"admin", {200}},
      {"admin_dashboard", {200}},
      {"list_users", {200}},
      {"create_user", {201, new_account}},
      {"read_user", {404}},
      {"change_user", {404, [](Cast&) { return R"({"name":"Ada"})"; }}},
      {"delete_user", {404}},
      {"end_user_sessions", {404}},
      {"healthz", {200}},
      {"readyz", {200}},
      {"jwks", {200}},
  };
  return all;
}

Ask ask_of(const Row& row, Cast& cast, const std::string& token, const std::string& id) {
  std::string path = row.path;
  if (const std::size_t brace = path.find("{id}"); brace != std::string::npos) path.replace(brace, 4, id);
  return {.method = row.method, .path = path, .body = plans().at(row.name).body(cast), .token = token};
}

bool is_open(const Row& row) { return row.permission == "anyone"; }
bool has_id(const Row& row) { return row.path.find("{id}") != std::string::npos; }

/// Runs the check for each row of the table, with the row in the message of every failure.
void for_each_row(Cast& cast, const std::function<void(const Row&, const Plan&)>& check) {
  for (const Row& row : route_table(cast.stack)) {
    BOOST_TEST_CONTEXT(row.method << ' ' << row.path) {
      const auto plan = plans().find(row.name);
      BOOST_TEST((plan != plans().end()), "the table has a row this test has no request for: " << row.name);
      if (plan != plans().end()) check(row, plan->second);
    }
  }
}

void for_each_role(Cast& cast, const std::function<void(const std::string&, const Person&)>& check) {
  for (const auto& [role, person] : cast.by_role) {
    BOOST_TEST_CONTEXT("as " << role) { check(role, person); }
  }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(roles, Cast)

BOOST_AUTO_TEST_CASE(every_planned_request_belongs_to_a_row) {
  std::set<std::string> names;
  for (const Row& row : route_table(stack)) names.insert(row.name);
  for (const auto& [name, plan] : plans()) BOOST_TEST(names.count(name) == 1U, name);
}

BOOST_AUTO_TEST_CASE(without_a_token_only_open_routes_answer) {
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    const Answer answer = client.send(ask_of(row, *this, "", task_of(other)));
    if (is_open(row))
      BOOST_TEST(answer.status == plan.status, answer.body);
    else
      expect_problem(answer, 401, "authentication_required");
  });
}

BOOST_AUTO_TEST_CASE(each_role_may_what_its_column_says_and_nothing_else) {
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    for_each_role(*this, [&](const std::string& role, const Person& person) {
      const Answer answer = client.send(ask_of(row, *this, person.tokens.access, task_of(person)));
      if (is_open(row) || listed(row.roles).count(role) == 1)
        BOOST_TEST(answer.status == plan.status, answer.body);
      else
        expect_problem(answer, 403, "forbidden");
    });
  });
}

BOOST_AUTO_TEST_CASE(someone_elses_object_and_none_at_all_are_the_same_404) {
  for_each_row(*this, [&](const Row& row, const Plan&) {
    if (!has_id(row)) return;
    for_each_role(*this, [&](const std::string& role, const Person& person) {
      const std::string theirs = task_of(other);
      const std::string before = stack.sql("select * from taskward.tasks where id = '" + theirs + "'");
      const Answer foreign = client.send(ask_of(row, *this, person.tokens.access, theirs));
      const Answer missing =
          client.send(ask_of(row, *this, person.tokens.access, "018f0000-0000-7000-8000-000000000000"));
      const bool permitted = listed(row.roles).count(role) == 1;
      expect_problem(foreign, permitted ? 404 : 403, permitted ? "not_found" : "forbidden");
      BOOST_TEST(foreign.status == missing.status);
      BOOST_TEST(foreign.json()["detail"].text() == missing.json()["detail"].text());
      BOOST_TEST(stack.sql("select * from taskward.tasks where id = '" + theirs + "'") == before);
    });
  });
}

BOOST_AUTO_TEST_CASE(a_refusal_by_role_is_recorded) {
  const Person& guest = by_role.at("guest");
  const Answer answer = client.post("/tasks", R"({"title":"Tea"})", guest.tokens.access);
  expect_problem(answer, 403, "forbidden");
  BOOST_TEST(
      stack.sql(
          "select action, outcome, reason, actor_id, actor_role from taskward.audit where request_id = '" +
          answer.header("x-request-id") + "'") == "access.denied|denied|task.create|" + guest.id + "|guest");
}

BOOST_AUTO_TEST_CASE(who_may_not_do_a_thing_is_told_that_and_not_what_is_wrong_with_the_request) {
  const Person guest = join(stack, "guest");
  const Person gone = join(stack);
  BOOST_REQUIRE(client.post("/auth/logout", "{}", gone.tokens.access).status == 204);
  for (const std::string body : {R"({"title":1})", "{", ""}) {
    expect_problem(client.post("/tasks", body, guest.tokens.access), 403, "forbidden");
    expect_problem(client.post("/tasks", body, gone.tokens.access), 401, "invalid_token");
  }
  expect_problem(client.get("/tasks?limit=0", gone.tokens.access), 401, "invalid_token");
  expect_problem(client.get("/tasks/no-id", gone.tokens.access), 401, "invalid_token");
  expect_problem(client.get("/tasks/no-id", guest.tokens.access), 404, "not_found");
  BOOST_TEST(stack.sql("select count(*) from taskward.audit where action = 'access.denied' and reason = "
                       "'write_tasks' and actor_id = '" +
                       guest.id + "'") == "3");
}

BOOST_AUTO_TEST_CASE(nobody_lists_what_belongs_to_others) {
  const std::string theirs = task_of(other);
  for_each_role(*this, [&](const std::string&, const Person& person) {
    const Answer answer = client.get("/tasks?limit=100", person.tokens.access);
    BOOST_TEST(answer.body.find(theirs) == std::string::npos);
  });
}

BOOST_AUTO_TEST_SUITE_END()
