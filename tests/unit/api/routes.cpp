#include "taskward/api/routes.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_resources.hpp"

namespace taskward::api {
namespace {

using http::Method;

/// "route-name id", the allowed methods if the method does not match, or "unknown".
std::string resolved(std::string_view path, std::optional<Method> method) {
  const Match found = match(path, method);
  if (found.route != nullptr) return std::string(found.route->name) + ' ' + std::string(found.id);
  return found.allowed.empty() ? "unknown" : allow_value(found.allowed);
}

BOOST_AUTO_TEST_SUITE(routes)

BOOST_AUTO_TEST_CASE(basic_password_follows_the_first_colon) {
  const auto password_in = [](std::string_view authorization) {
    const auto password = basic_password(authorization);
    return password ? std::string(password->reveal()) : "none";
  };
  // RFC 7617, sections 2 and 2.1.
  BOOST_TEST(password_in("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == "open sesame");
  BOOST_TEST(password_in("basic dGVzdDoxMjPCow==") == "123£");
  BOOST_TEST(password_in("BASIC   dTo6cA==") == ":p");
  BOOST_TEST(password_in("Basic Og==") == "");
  for (const std::string_view bad :
       {"", "Basic", "Basic ", "Basic QWxhZGRpbg==", "Basic Og", "Basic Og=", "Basic Og===", "Basic Oh==",
        "Basic Og== ", "Basic Og==, Basic Og==", "Basic =", "Basic ====", "Basic dTo6cA=a",
        "Basic *g==", "Bearer Og==", "BasicOg=="}) {
    BOOST_TEST(password_in(bad) == "none", bad);
  }
}

BOOST_AUTO_TEST_CASE(route_names_and_method_path_pairs_are_unique) {
  std::set<std::string_view> names;
  std::set<std::string> pairs;
  for (const Route& route : every_route()) {
    BOOST_TEST(names.insert(route.name).second, route.name);
    BOOST_TEST(pairs.insert(std::string(http::name(route.method)) + ' ' + std::string(route.path)).second,
               route.path);
  }
}

BOOST_AUTO_TEST_CASE(every_route_is_well_formed_and_matched_by_its_own_path) {
  for (const Route& route : every_route()) {
    BOOST_TEST_CONTEXT(route.name) {
      BOOST_TEST(route.path.starts_with('/'));
      BOOST_TEST(!route.path.ends_with('/'));
      BOOST_TEST(route.handle != nullptr);
      // match() maps HEAD to the GET route; OPTIONS is handled without a route.
      BOOST_TEST((route.method != Method::HEAD && route.method != Method::OPTIONS));
      std::string path(route.path);
      if (const auto brace = path.find("{id}"); brace != std::string::npos) path.replace(brace, 4, "some-id");
      BOOST_TEST(path.find_first_of("{}") == std::string::npos);
      BOOST_TEST(match(path, route.method).route == &route);
      BOOST_TEST(match(path + '/', route.method).route == &route);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_route_has_the_expected_permission_scope_pool_and_assurance) {
  std::string table;
  for (const Route& route : every_route()) {
    table += std::string(http::name(route.method)) + ' ' + std::string(route.path) + ": " +
             std::string(model::name(route.permission)) + ", " + std::string(model::name(route.scope)) +
             ", " + std::string(name(route.pool));
    if (route.assurance != model::Assurance::usual) table += ", " + std::string(model::name(route.assurance));
    table += '\n';
  }
  BOOST_TEST(table ==
             "POST /auth/register: anyone, none, auth\n"
             "POST /auth/login: anyone, none, auth\n"
             "POST /login: anyone, none, auth\n"
             "POST /auth/otp/request: anyone, none, api\n"
             "POST /auth/otp/verify: anyone, none, api\n"
             "POST /auth/refresh: anyone, none, api\n"
             "POST /refresh: anyone, none, api\n"
             "POST /auth/logout: anyone, none, api\n"
             "GET /auth/me: own_profile, profile:read, api\n"
             "PATCH /auth/me: own_profile, none, api\n"
             "DELETE /auth/me: own_profile, none, auth, confirmed\n"
             "PUT /auth/password: own_profile, none, auth, confirmed\n"
             "POST /auth/mfa: anyone, none, api\n"
             "POST /auth/reauthenticate: own_profile, none, auth, session\n"
             "POST /auth/totp: own_profile, none, api, enrollment\n"
             "POST /auth/totp/confirm: own_profile, none, api, session\n"
             "DELETE /auth/totp: own_profile, none, api, recent\n"
             "POST /auth/recovery-codes: own_profile, none, api, recent\n"
             "POST /auth/passkeys/options: own_profile, none, api, enrollment\n"
             "POST /auth/passkeys: own_profile, none, api, session\n"
             "GET /auth/passkeys: own_profile, none, api\n"
             "PATCH /auth/passkeys/{id}: own_profile, none, api\n"
             "DELETE /auth/passkeys/{id}: own_profile, none, api, recent\n"
             "POST /auth/passkeys/login/options: anyone, none, api\n"
             "POST /auth/passkeys/login: anyone, none, api\n"
             "POST /auth/mfa/passkey-options: anyone, none, api\n"
             "POST /auth/reauthenticate/passkey-options: own_profile, none, api, session\n"
             "POST /auth/password/forgot: anyone, none, api\n"
             "POST /auth/password/reset: anyone, none, auth\n"
             "GET /auth/sessions: own_profile, none, api\n"
             "DELETE /auth/sessions/{id}: own_profile, none, api\n"
             "GET /auth/activity: own_profile, profile:read, api\n"
             "GET /auth/protected: own_profile, profile:read, api\n"
             "POST /auth/tokens: own_profile, none, api, recent\n"
             "GET /auth/tokens: own_profile, none, api\n"
             "PATCH /auth/tokens/{id}: own_profile, none, api\n"
             "DELETE /auth/tokens/{id}: own_profile, none, api\n"
             "GET /tasks: read_tasks, tasks:read, api\n"
             "POST /tasks: write_tasks, tasks:write, api\n"
             "POST /tasks/batch: write_tasks, tasks:write, api\n"
             "GET /tasks/export: read_tasks, tasks:read, api\n"
             "POST /tasks/import: write_tasks, tasks:write, api\n"
             "GET /tasks/{id}: read_tasks, tasks:read, api\n"
             "PUT /tasks/{id}: write_tasks, tasks:write, api\n"
             "PATCH /tasks/{id}: write_tasks, tasks:write, api\n"
             "DELETE /tasks/{id}: write_tasks, tasks:write, api\n"
             "POST /tasks/{id}/restore: write_tasks, tasks:write, api\n"
             "GET /admin: administer, admin:read, api\n"
             "GET /admin/dashboard: administer, admin:read, api\n"
             "GET /admin/statistics: administer, admin:read, api\n"
             "GET /admin/users: administer, admin:read, api\n"
             "POST /admin/users: administer, admin:write, auth\n"
             "GET /admin/users/{id}: administer, admin:read, api\n"
             "PATCH /admin/users/{id}: administer, admin:write, api\n"
             "DELETE /admin/users/{id}: administer, admin:write, api, recent\n"
             "DELETE /admin/users/{id}/sessions: administer, none, api\n"
             "DELETE /admin/users/{id}/mfa: administer, none, api, recent\n"
             "GET /admin/users/{id}/tokens: administer, none, api\n"
             "DELETE /admin/users/{id}/tokens: administer, none, api\n"
             "GET /admin/audit: administer, admin:read, api\n"
             "GET /admin/audit/seals: administer, admin:read, api\n"
             "GET /admin/audit/{id}/proof: administer, admin:read, api\n"
             "GET /admin/mail: administer, admin:read, api\n"
             "POST /admin/mail/{id}/retry: administer, admin:write, api\n"
             "GET /healthz: anyone, none, api\n"
             "GET /readyz: anyone, none, api\n"
             "GET /.well-known/jwks.json: anyone, none, api\n"
             "GET /metrics: anyone, none, api\n"
             "GET /openapi.json: anyone, none, api\n");
}

BOOST_AUTO_TEST_CASE(one_trailing_slash_is_ignored_but_two_are_not) {
  BOOST_TEST(resolved("/tasks/", Method::GET) == "list_tasks ");
  BOOST_TEST(resolved("/tasks/x/", Method::GET) == "read_task x");
  BOOST_TEST(resolved("/tasks//", Method::GET) == "unknown");
  BOOST_TEST(resolved("/tasks/x//", Method::GET) == "unknown");
  BOOST_TEST(resolved("/auth/login/", Method::POST) == "login ");
}

BOOST_AUTO_TEST_CASE(head_requests_match_the_get_route) {
  BOOST_TEST(resolved("/tasks", Method::HEAD) == "list_tasks ");
  BOOST_TEST(resolved("/tasks/x", Method::HEAD) == "read_task x");
  BOOST_TEST(resolved("/login", Method::HEAD) == "POST, OPTIONS");
}

BOOST_AUTO_TEST_CASE(known_path_with_another_method_gives_the_allowed_methods) {
  BOOST_TEST(resolved("/tasks", Method::DELETE) == "GET, HEAD, POST, OPTIONS");
  BOOST_TEST(resolved("/tasks/x", Method::POST) == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
  BOOST_TEST(resolved("/auth/register", Method::GET) == "POST, OPTIONS");
  BOOST_TEST(resolved("/healthz", Method::POST) == "GET, HEAD, OPTIONS");
  BOOST_TEST(resolved("/healthz", Method::OPTIONS) == "GET, HEAD, OPTIONS");
  BOOST_TEST(resolved("/healthz", std::nullopt) == "GET, HEAD, OPTIONS");
}

BOOST_AUTO_TEST_CASE(all_other_paths_are_unknown) {
  for (const std::string_view path :
       {"",          "/",       "//",           "/task",      "/taskss",       "/tasks/x/y", "/tasks/x/y/",
        "/tasks//x", "tasks",   "/TASKS",       "/Tasks/x",   "/auth",         "/auth/",     "/auth/me/x",
        "/login/x",  "//login", "/auth//login", "/tasks{id}", "/healthz.json", "/admins",    "/auth/login;x",
        "/tasks?x",  "*"}) {
    for (const auto method : http::kMethods) BOOST_TEST(resolved(path, method) == "unknown", path);
  }
}

BOOST_AUTO_TEST_CASE(path_id_is_one_segment_of_any_characters) {
  BOOST_TEST(resolved("/tasks/{id}", Method::GET) == "read_task {id}");
  BOOST_TEST(resolved("/tasks/..", Method::GET) == "read_task ..");
  BOOST_TEST(resolved("/tasks/ \"';--", Method::GET) == "read_task  \"';--");
  BOOST_TEST(match(std::string_view("/tasks/a\0b", 10), Method::GET).id.size() == 3U);
}

BOOST_AUTO_TEST_CASE(literal_path_segments_take_precedence_over_ids) {
  BOOST_TEST(resolved("/tasks/batch", Method::POST) == "batch_tasks ");
  BOOST_TEST(resolved("/tasks/import", Method::POST) == "import_tasks ");
  BOOST_TEST(resolved("/tasks/export", Method::GET) == "export_tasks ");
  BOOST_TEST(resolved("/tasks/export/", Method::HEAD) == "export_tasks ");
  // Not with another method either, so that DELETE /tasks/batch does not delete a task "batch".
  for (const auto method : {Method::GET, Method::PUT, Method::PATCH, Method::DELETE}) {
    BOOST_TEST(resolved("/tasks/batch", method) == "POST, OPTIONS");
    BOOST_TEST(resolved("/tasks/import/", method) == "POST, OPTIONS");
  }
  BOOST_TEST(resolved("/tasks/export", Method::DELETE) == "GET, HEAD, OPTIONS");
  for (const char* id : {"batc", "batchx", "Batch", "batch ", "exports", "export.csv", "%62atch"})
    BOOST_TEST(resolved("/tasks/" + std::string(id), Method::DELETE) == "delete_task " + std::string(id));
}

BOOST_AUTO_TEST_CASE(path_id_may_be_followed_by_a_literal_segment) {
  BOOST_TEST(resolved("/tasks/x/restore", Method::POST) == "restore_task x");
  BOOST_TEST(resolved("/tasks/x/restore/", Method::POST) == "restore_task x");
  BOOST_TEST(resolved("/tasks/restore/restore", Method::POST) == "restore_task restore");
  BOOST_TEST(resolved("/tasks/batch/restore", Method::POST) == "restore_task batch");
  BOOST_TEST(resolved("/tasks/restore", Method::GET) == "read_task restore");
  BOOST_TEST(resolved("/tasks/x/restore", Method::GET) == "POST, OPTIONS");
  for (const char* path :
       {"/tasks//restore", "/tasks/x//restore", "/tasks/x/restore//", "/tasks/x/y/restore",
        "/tasks/x/Restore", "/tasks/x/restored", "/tasks/x/restore/y", "/tasks/x/y/z/restore"})
    BOOST_TEST(resolved(path, Method::POST) == "unknown", path);
}

BOOST_AUTO_TEST_CASE(only_task_import_accepts_a_large_body) {
  for (const Route& route : every_route()) {
    std::string path(route.path);
    if (const auto brace = path.find("{id}"); brace != std::string::npos) path.replace(brace, 4, "x");
    const std::size_t limit = route.name == "import_tasks" ? 16UL * 1024 * 1024 : 64UL * 1024;
    BOOST_TEST(body_max(route) == limit, route.name);
    BOOST_TEST(body_max(path, http::name(route.method)) == limit, route.name);
    BOOST_TEST(body_max(path + '/', http::name(route.method)) == limit, route.name);
  }
  for (const char* method : {"GET", "PUT", "HEAD", "OPTIONS", "post", "POST ", "BREW", ""})
    BOOST_TEST(body_max("/tasks/import", method) == 64UL * 1024, method);
  for (const char* path : {"", "/", "/tasks/imports", "/tasks/import/x", "/TASKS/IMPORT", "/x/tasks/import"})
    BOOST_TEST(body_max(path, "POST") == 64UL * 1024, path);
}

BOOST_AUTO_TEST_CASE(only_listed_methods_are_allowed) {
  const std::vector<Method> methods{Method::GET, Method::PATCH};
  for (const Method method : http::kMethods)
    BOOST_TEST(allows(methods, method) == (method == Method::GET || method == Method::PATCH),
               http::name(method));
  BOOST_TEST(!allows({}, Method::GET));
  BOOST_TEST(allow_value(methods) == "GET, PATCH");
}

BOOST_AUTO_TEST_CASE(bearer_token_must_be_present_and_well_formed) {
  http::Request request;
  const auto token_or_error = [&](std::string_view authorization) {
    request.authorization = authorization;
    const auto token = required_token(request);
    return token ? "token " + std::string(*token) : testing::outcome(token);
  };
  BOOST_TEST(testing::outcome(required_token(request)) == "authentication_required");
  BOOST_TEST(token_or_error("Bearer abc") == "token abc");
  for (const std::string_view bad :
       {"", "abc", "Basic abc", "Bearer", "Bearer ", "Bearer a b", "Bearer a, Bearer a"}) {
    BOOST_TEST(token_or_error(bad) == "invalid_token", bad);
  }
}

BOOST_AUTO_TEST_CASE(password_of_basic_authentication_must_be_a_personal_access_token) {
  http::Request request;
  const auto token_or_error = [&](std::string_view authorization) {
    request.authorization = authorization;
    const auto token = presented_token(request);
    return token ? "token " + std::string(token->text()) : testing::outcome(token);
  };
  BOOST_TEST(testing::outcome(presented_token(request)) == "authentication_required");
  BOOST_TEST(token_or_error("Bearer abc") == "token abc");
  BOOST_TEST(token_or_error("Bearer tw_x") == "token tw_x");
  // ada:tw_x, :tw_x, tw_x:tw_y, ada:tw_x:y
  BOOST_TEST(token_or_error("Basic YWRhOnR3X3g=") == "token tw_x");
  BOOST_TEST(token_or_error("basic OnR3X3g=") == "token tw_x");
  BOOST_TEST(token_or_error("BASIC  dHdfeDp0d195") == "token tw_y");
  BOOST_TEST(token_or_error("Basic YWRhOnR3X3g6eQ==") == "token tw_x:y");
  // tw_x without a user, ada:secret, ada:eyJ
  for (const std::string_view bad :
       {"Basic dHdfeA==", "Basic YWRhOnNlY3JldA==", "Basic YWRhOmV5Sg==", "Basic ", "Basic *",
        "Basic YWRhOnR3X3g", "Basic YWRhOnR3X3g=, Basic YWRhOnR3X3g=", "Digest YWRhOnR3X3g="}) {
    BOOST_TEST(token_or_error(bad) == "invalid_token", bad);
  }
}

BOOST_AUTO_TEST_CASE(basic_authentication_is_offered_where_it_is_accepted_and_no_bearer_token_was_sent) {
  const Route& tasks = *match("/tasks", Method::GET).route;
  const Route& sessions = *match("/auth/sessions", Method::GET).route;
  http::Request request;
  BOOST_TEST(offers_basic(tasks, request));
  BOOST_TEST(!offers_basic(sessions, request));
  request.authorization = "Basic YWRhOnR3X3g=";
  BOOST_TEST(offers_basic(tasks, request));
  request.authorization = "Bearer tw_x";
  BOOST_TEST(!offers_basic(tasks, request));
}

BOOST_AUTO_TEST_CASE(mistyped_token_is_refused_without_the_database) {
  http::Request request;
  request.authorization = "Bearer tw_mistyped";
  const testing::ResourcesWithoutDatabase without;
  for (const Route& route : every_route()) {
    if (route.permission == model::Permission::anyone) continue;
    const auto refused = route.handle({request, without.resources, route.name, "x"});
    BOOST_TEST_REQUIRE(testing::outcome(refused) == "invalid_token", route.name);
    BOOST_TEST(refused.error().detail.find("mistyped") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(protected_routes_check_for_a_token_before_anything_else) {
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

}  // namespace
}  // namespace taskward::api
