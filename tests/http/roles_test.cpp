// Every route × role × owner: what the route table promises is what happens.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "people.hpp"
#include "route_plans.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;

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
      const Answer answer = client.send(ask_of(row, *this, person.tokens.access, id_for(row, *this, person)));
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
