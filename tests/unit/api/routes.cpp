#include "taskward/api/routes.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "taskward/api/nginx_facts.hpp"
#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_resources.hpp"

namespace taskward::api {
namespace {

using http::Method;

/// "name id", or the methods that are allowed instead, or "unknown".
std::string leads_to(std::string_view path, std::optional<Method> method) {
  const Match found = match(path, method);
  if (found.route != nullptr) return std::string(found.route->name) + ' ' + std::string(found.id);
  return found.allowed.empty() ? "unknown" : allow_value(found.allowed);
}

BOOST_AUTO_TEST_SUITE(routes)

BOOST_AUTO_TEST_CASE(names_and_pairs_of_method_and_path_are_unique) {
  std::set<std::string_view> names;
  std::set<std::string> pairs;
  for (const Route& route : every_route()) {
    BOOST_TEST(names.insert(route.name).second, route.name);
    BOOST_TEST(pairs.insert(std::string(http::name(route.method)) + ' ' + std::string(route.path)).second,
               route.path);
  }
}

BOOST_AUTO_TEST_CASE(each_row_is_well_formed_and_found_by_its_own_path) {
  for (const Route& route : every_route()) {
    BOOST_TEST_CONTEXT(route.name) {
      BOOST_TEST(route.path.starts_with('/'));
      BOOST_TEST(!route.path.ends_with('/'));
      BOOST_TEST(route.handle != nullptr);
      // match() answers HEAD by GET's row and OPTIONS by itself.
      BOOST_TEST((route.method != Method::HEAD && route.method != Method::OPTIONS));
      std::string path(route.path);
      if (const auto brace = path.find("{id}"); brace != std::string::npos) path.replace(brace, 4, "some-id");
      BOOST_TEST(path.find_first_of("{}") == std::string::npos);
      BOOST_TEST(match(path, route.method).route == &route);
      BOOST_TEST(match(path + '/', route.method).route == &route);
    }
  }
}

BOOST_AUTO_TEST_CASE(this_is_who_may_do_what) {
  std::string table;
  for (const Route& route : every_route()) {
    table += std::string(http::name(route.method)) + ' ' + std::string(route.path) + ": " +
             std::string(model::name(route.permission)) + ", " + std::string(name(route.pool)) + '\n';
  }
  BOOST_TEST(table ==
             "POST /auth/register: anyone, auth\n"
             "POST /auth/login: anyone, auth\n"
             "POST /login: anyone, auth\n"
             "POST /auth/otp/request: anyone, api\n"
             "POST /auth/otp/verify: anyone, api\n"
             "POST /auth/refresh: anyone, api\n"
             "POST /refresh: anyone, api\n"
             "POST /auth/logout: anyone, api\n"
             "GET /auth/me: own_profile, api\n"
             "PATCH /auth/me: own_profile, api\n"
             "DELETE /auth/me: own_profile, auth\n"
             "PUT /auth/password: own_profile, auth\n"
             "POST /auth/password/forgot: anyone, api\n"
             "POST /auth/password/reset: anyone, auth\n"
             "GET /auth/sessions: own_profile, api\n"
             "DELETE /auth/sessions/{id}: own_profile, api\n"
             "GET /auth/activity: own_profile, api\n"
             "GET /auth/protected: own_profile, api\n"
             "GET /tasks: read_tasks, api\n"
             "POST /tasks: write_tasks, api\n"
             "POST /tasks/batch: write_tasks, api\n"
             "GET /tasks/export: read_tasks, api\n"
             "POST /tasks/import: write_tasks, api\n"
             "GET /tasks/{id}: read_tasks, api\n"
             "PUT /tasks/{id}: write_tasks, api\n"
             "PATCH /tasks/{id}: write_tasks, api\n"
             "DELETE /tasks/{id}: write_tasks, api\n"
             "POST /tasks/{id}/restore: write_tasks, api\n"
             "GET /healthz: anyone, api\n"
             "GET /readyz: anyone, api\n"
             "GET /.well-known/jwks.json: anyone, api\n");
}

BOOST_AUTO_TEST_CASE(a_trailing_slash_makes_no_difference_but_two_do) {
  BOOST_TEST(leads_to("/tasks/", Method::GET) == "list_tasks ");
  BOOST_TEST(leads_to("/tasks/x/", Method::GET) == "read_task x");
  BOOST_TEST(leads_to("/tasks//", Method::GET) == "unknown");
  BOOST_TEST(leads_to("/tasks/x//", Method::GET) == "unknown");
  BOOST_TEST(leads_to("/auth/login/", Method::POST) == "login ");
}

BOOST_AUTO_TEST_CASE(head_is_answered_by_the_row_of_get) {
  BOOST_TEST(leads_to("/tasks", Method::HEAD) == "list_tasks ");
  BOOST_TEST(leads_to("/tasks/x", Method::HEAD) == "read_task x");
  BOOST_TEST(leads_to("/login", Method::HEAD) == "POST, OPTIONS");
}

BOOST_AUTO_TEST_CASE(a_known_path_with_another_method_says_what_is_allowed) {
  BOOST_TEST(leads_to("/tasks", Method::DELETE) == "GET, HEAD, POST, OPTIONS");
  BOOST_TEST(leads_to("/tasks/x", Method::POST) == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
  BOOST_TEST(leads_to("/auth/register", Method::GET) == "POST, OPTIONS");
  BOOST_TEST(leads_to("/healthz", Method::POST) == "GET, HEAD, OPTIONS");
  BOOST_TEST(leads_to("/healthz", Method::OPTIONS) == "GET, HEAD, OPTIONS");
  BOOST_TEST(leads_to("/healthz", std::nullopt) == "GET, HEAD, OPTIONS");
}

BOOST_AUTO_TEST_CASE(everything_else_is_unknown) {
  for (const std::string_view path :
       {"",          "/",       "//",           "/task",      "/taskss",       "/tasks/x/y", "/tasks/x/y/",
        "/tasks//x", "tasks",   "/TASKS",       "/Tasks/x",   "/auth",         "/auth/",     "/auth/me/x",
        "/login/x",  "//login", "/auth//login", "/tasks{id}", "/healthz.json", "/admin",     "/auth/login;x",
        "/tasks?x",  "*"}) {
    for (const auto method : http::kMethods) BOOST_TEST(leads_to(path, method) == "unknown", path);
  }
}

BOOST_AUTO_TEST_CASE(an_id_is_one_segment_of_any_characters) {
  BOOST_TEST(leads_to("/tasks/{id}", Method::GET) == "read_task {id}");
  BOOST_TEST(leads_to("/tasks/..", Method::GET) == "read_task ..");
  BOOST_TEST(leads_to("/tasks/ \"';--", Method::GET) == "read_task  \"';--");
  BOOST_TEST(match(std::string_view("/tasks/a\0b", 10), Method::GET).id.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_token_is_required_in_the_header_in_its_form) {
  http::Request request;
  const auto asked = [&](std::string_view authorization) {
    request.authorization = authorization;
    const auto token = required_token(request);
    return token ? "token " + std::string(*token) : testing::outcome(token);
  };
  BOOST_TEST(asked("") == "authentication_required");
  BOOST_TEST(asked("Bearer abc") == "token abc");
  for (const std::string_view bad : {"abc", "Basic abc", "Bearer", "Bearer ", "Bearer a b"}) {
    BOOST_TEST(asked(bad) == "invalid_token", bad);
  }
}

BOOST_AUTO_TEST_CASE(a_route_that_needs_a_permission_refuses_a_request_without_a_token_before_anything_else) {
  http::Request request;
  const testing::ResourcesWithoutDatabase without;
  for (const Route& route : every_route()) {
    if (route.permission == model::Permission::anyone) continue;
    BOOST_TEST(testing::outcome(route.handle({request, without.resources, route.name, "x"})) ==
                   "authentication_required",
               route.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(nginx_facts)

BOOST_AUTO_TEST_CASE(every_route_of_the_auth_pool_and_no_other_goes_there) {
  const std::string text = nginx_pools();
  for (const Route& route : every_route()) {
    const std::string row = "\"~^" + std::string(http::name(route.method)) + ':' + std::string(route.path) +
                            "/?$\" taskward_auth;";
    const bool there = text.find(row) != std::string::npos;
    BOOST_TEST(there == (route.pool == Pool::auth), route.name);
  }
  BOOST_TEST(text.find("default taskward_api;") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nginx_s_errors_have_codes_of_the_list_with_the_status_they_are_sent_with) {
  const std::string text = nginx_problems();
  const auto sent_as = [](int number) {
    return number == 494 ? 431 : number > 494 && number < 498 ? 400 : number;
  };
  const std::string codes =
      text.substr(text.find("taskward_problem_code"),
                  text.find("taskward_problem_title") - text.find("taskward_problem_code"));
  int seen = 0;
  for (const int number :
       {400, 404, 405, 408, 413, 414, 421, 429, 431, 494, 495, 496, 497, 500, 501, 502, 503, 504, 505}) {
    const std::string before = "\n    " + std::to_string(number) + ' ';
    const std::size_t place = codes.find(before);
    BOOST_REQUIRE_MESSAGE(place != std::string::npos, number);
    const std::string code =
        codes.substr(place + before.size(), codes.find(';', place) - place - before.size());
    const auto every = every_error();
    const auto known =
        std::find_if(every.begin(), every.end(), [&](const ErrorFacts& one) { return one.name == code; });
    BOOST_REQUIRE_MESSAGE(known != every.end(), code);
    BOOST_TEST(known->status == sent_as(number));
    ++seen;
  }
  BOOST_TEST(std::count(codes.begin(), codes.end(), ';') == seen + 1);  // and the default
}

BOOST_AUTO_TEST_CASE(the_tables_for_people_have_a_line_for_each_row) {
  const std::string routes = routes_table();
  for (const Route& route : every_route())
    BOOST_TEST(routes.find('\n' + std::string(route.name) + ' ') != std::string::npos);
  BOOST_TEST(std::count(routes.begin(), routes.end(), '\n') == static_cast<long>(every_route().size()) + 1);
  const std::string errors = errors_table();
  for (const ErrorFacts& one : every_error())
    BOOST_TEST(errors.find('\n' + std::string(one.name) + ' ') != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
