// Every route × role × owner: access is as the route table says.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "route_plans.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(roles, RouteFixture)

BOOST_AUTO_TEST_CASE(every_planned_request_belongs_to_a_route) {
  std::set<std::string> names;
  for (const Row& row : route_table(stack)) names.insert(row.name);
  for (const auto& [name, plan] : plans()) BOOST_TEST(names.count(name) == 1U, name);
}

BOOST_AUTO_TEST_CASE(only_open_routes_answer_without_a_token) {
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    const Response response = client.send(request_for(row, *this, "", task_of(other)));
    if (is_open(row))
      BOOST_TEST(response.status == plan.status, response.body);
    else
      expect_problem(response, 401, "authentication_required");
  });
}

BOOST_AUTO_TEST_CASE(each_role_may_use_exactly_the_routes_of_its_column) {
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    for_each_role(*this, [&](const std::string& role, const User& user) {
      const Response response =
          client.send(request_for(row, *this, user.tokens.access, id_for(row, *this, user)));
      if (is_open(row) || split_list(row.roles).count(role) == 1)
        BOOST_TEST(response.status == plan.status, response.body);
      else
        expect_problem(response, 403, "forbidden");
    });
  });
}

BOOST_AUTO_TEST_CASE(foreign_and_missing_objects_get_the_same_response, *boost::unit_test::label("slow")) {
  for_each_row(*this, [&](const Row& row, const Plan&) {
    if (!has_id(row)) return;
    for_each_role(*this, [&](const std::string& role, const User& user) {
      const std::string foreign_task = task_of(other);
      const std::string before = stack.sql("select * from taskward.tasks where id = '" + foreign_task + "'");
      const Response foreign = client.send(request_for(row, *this, user.tokens.access, foreign_task));
      const Response missing =
          client.send(request_for(row, *this, user.tokens.access, "018f0000-0000-7000-8000-000000000000"));
      const bool permitted = split_list(row.roles).count(role) == 1;
      expect_problem(foreign, permitted ? 404 : 403, permitted ? "not_found" : "forbidden");
      BOOST_TEST(foreign.status == missing.status);
      BOOST_TEST(foreign.json()["detail"].text() == missing.json()["detail"].text());
      BOOST_TEST(stack.sql("select * from taskward.tasks where id = '" + foreign_task + "'") == before);
    });
  });
}

BOOST_AUTO_TEST_CASE(denial_by_role_is_audited) {
  const User& guest = by_role.at("guest");
  const Response response = client.post("/tasks", R"({"title":"Tea"})", guest.tokens.access);
  expect_problem(response, 403, "forbidden");
  BOOST_TEST(
      stack.sql(
          "select action, outcome, reason, actor_id, actor_role from taskward.audit where request_id = '" +
          response.header("x-request-id") + "'") ==
      "access.denied|denied|task.create|" + guest.id + "|guest");
}

BOOST_AUTO_TEST_CASE(denial_records_the_object_of_the_request) {
  const User guest = new_user(stack, "guest");
  const std::string task = task_of(other);
  const auto recorded = [&](const Response& response) {
    expect_problem(response, 403, "forbidden");
    return stack.sql(
        "select object_type, coalesce(object_id::text, '-') from taskward.audit where action = "
        "'access.denied' and request_id = '" +
        response.header("x-request-id") + "'");
  };
  const auto send = [&](const char* method, const std::string& path,
                        const std::optional<std::string>& body = std::nullopt) {
    return recorded(
        client.send({.method = method, .path = path, .body = body, .token = guest.tokens.access}));
  };
  const std::string account = "/admin/users/" + other.id;
  const std::string of_account = "user|" + other.id;
  for (const char* body : {R"({"role":"admin"})", R"({"email":"new@example.org"})", R"({"role":1})", "{"})
    BOOST_TEST(send("PATCH", account, body) == of_account, body);
  BOOST_TEST(send("GET", account) == of_account);
  BOOST_TEST(send("GET", account + "?more=1") == of_account);
  BOOST_TEST(send("DELETE", account) == of_account);
  BOOST_TEST(send("DELETE", account + "/sessions") == of_account);
  for (const char* body : {R"({"title":"Tea"})", R"({"title":1})"}) {
    BOOST_TEST(send("PATCH", "/tasks/" + task, body) == "task|" + task);
    BOOST_TEST(send("PUT", "/tasks/" + task, body) == "task|" + task);
  }
  BOOST_TEST(send("DELETE", "/tasks/" + task) == "task|" + task);
  BOOST_TEST(send("DELETE", "/tasks/" + task + "?permanent=true") == "task|" + task);
  BOOST_TEST(send("POST", "/tasks/" + task + "/restore") == "task|" + task);
  // What is not an id is not recorded.
  BOOST_TEST(send("PATCH", "/admin/users/no-id", R"({"role":"admin"})") == "user|-");
  BOOST_TEST(send("PATCH", "/tasks/no-id", "{") == "task|-");
}

BOOST_AUTO_TEST_CASE(permission_is_checked_before_the_request_is_validated) {
  const User guest = new_user(stack, "guest");
  const User logged_out = new_user(stack);
  BOOST_REQUIRE(client.post("/auth/logout", "{}", logged_out.tokens.access).status == 204);
  for (const std::string body : {R"({"title":1})", "{", ""}) {
    expect_problem(client.post("/tasks", body, guest.tokens.access), 403, "forbidden");
    expect_problem(client.post("/tasks", body, logged_out.tokens.access), 401, "invalid_token");
  }
  expect_problem(client.get("/tasks?limit=0", logged_out.tokens.access), 401, "invalid_token");
  expect_problem(client.get("/tasks/no-id", logged_out.tokens.access), 401, "invalid_token");
  expect_problem(client.get("/tasks/no-id", guest.tokens.access), 404, "not_found");
  BOOST_TEST(stack.sql("select count(*) from taskward.audit where action = 'access.denied' and reason = "
                       "'write_tasks' and actor_id = '" +
                       guest.id + "'") == "3");
}

BOOST_AUTO_TEST_CASE(lists_never_contain_tasks_of_other_users) {
  const std::string foreign_task = task_of(other);
  for_each_role(*this, [&](const std::string&, const User& user) {
    const Response response = client.get("/tasks?limit=100", user.tokens.access);
    BOOST_TEST(response.body.find(foreign_task) == std::string::npos);
  });
}

BOOST_AUTO_TEST_SUITE_END()
