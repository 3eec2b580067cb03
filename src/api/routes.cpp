#include "taskward/api/routes.hpp"

#include <algorithm>
#include <array>

#include "account_endpoints.hpp"
#include "admin_endpoints.hpp"
#include "audit_endpoints.hpp"
#include "auth_endpoints.hpp"
#include "mfa_endpoints.hpp"
#include "service_endpoints.hpp"
#include "task_endpoints.hpp"
#include "task_file_endpoints.hpp"
#include "taskward/base/text.hpp"
#include "taskward/domain/metrics.hpp"

namespace taskward::api {
namespace {

using http::Method;
using model::Assurance;
using model::Permission;

constexpr std::array kRoutes{
    // clang-format off
    route<Permission::anyone,      &register_account>  ("register",        Method::POST,   "/auth/register",         Pool::auth),
    route<Permission::anyone,      &log_in>            ("login",           Method::POST,   "/auth/login",            Pool::auth),
    route<Permission::anyone,      &log_in>            ("login_short",     Method::POST,   "/login",                 Pool::auth),
    route<Permission::anyone,      &request_login_code>("otp_request",     Method::POST,   "/auth/otp/request"),
    route<Permission::anyone,      &log_in_by_code>    ("otp_verify",      Method::POST,   "/auth/otp/verify"),
    route<Permission::anyone,      &refresh>           ("refresh",         Method::POST,   "/auth/refresh"),
    route<Permission::anyone,      &refresh>           ("refresh_short",   Method::POST,   "/refresh"),
    route<Permission::anyone,      &log_out>           ("logout",          Method::POST,   "/auth/logout"),
    route<Permission::own_profile, &get_profile>       ("me",              Method::GET,    "/auth/me"),
    route<Permission::own_profile, &change_profile>    ("change_me",       Method::PATCH,  "/auth/me"),
    route<Permission::own_profile, &delete_account,  Assurance::confirmed>("delete_me",       Method::DELETE, "/auth/me",       Pool::auth),
    route<Permission::own_profile, &change_password, Assurance::confirmed>("change_password", Method::PUT,    "/auth/password", Pool::auth),
    route<Permission::anyone,      &complete_login>    ("mfa",             Method::POST,   "/auth/mfa"),
    route<Permission::own_profile, &reauthenticate,       Assurance::session>   ("reauthenticate",       Method::POST,   "/auth/reauthenticate", Pool::auth),
    route<Permission::own_profile, &enroll_totp,          Assurance::enrollment>("enroll_totp",          Method::POST,   "/auth/totp"),
    route<Permission::own_profile, &confirm_totp,         Assurance::session>   ("confirm_totp",         Method::POST,   "/auth/totp/confirm"),
    route<Permission::own_profile, &disable_totp,         Assurance::recent>    ("disable_totp",         Method::DELETE, "/auth/totp"),
    route<Permission::own_profile, &renew_recovery_codes, Assurance::recent>    ("renew_recovery_codes", Method::POST,   "/auth/recovery-codes"),
    route<Permission::anyone,      &request_password_reset>("forgot_password", Method::POST, "/auth/password/forgot"),
    route<Permission::anyone,      &reset_password>    ("reset_password",  Method::POST,   "/auth/password/reset",   Pool::auth),
    route<Permission::own_profile, &list_sessions>     ("sessions",        Method::GET,    "/auth/sessions"),
    route<Permission::own_profile, &end_session>       ("end_session",     Method::DELETE, "/auth/sessions/{id}"),
    route<Permission::own_profile, &list_activity>     ("activity",        Method::GET,    "/auth/activity"),
    route<Permission::own_profile, &get_protected>     ("protected",       Method::GET,    "/auth/protected"),
    route<Permission::read_tasks,  &list_tasks>      ("list_tasks",    Method::GET,    "/tasks"),
    route<Permission::write_tasks, &create_task>     ("create_task",   Method::POST,   "/tasks"),
    route<Permission::write_tasks, &apply_batch>     ("batch_tasks",   Method::POST,   "/tasks/batch"),
    route<Permission::read_tasks,  &export_tasks>    ("export_tasks",  Method::GET,    "/tasks/export", Pool::api, Transfer::large_answer),
    route<Permission::write_tasks, &import_tasks>    ("import_tasks",  Method::POST,   "/tasks/import", Pool::api, Transfer::large_body),
    route<Permission::read_tasks,  &get_task>        ("read_task",     Method::GET,    "/tasks/{id}"),
    route<Permission::write_tasks, &change_task>     ("replace_task",  Method::PUT,    "/tasks/{id}"),
    route<Permission::write_tasks, &change_task>     ("change_task",   Method::PATCH,  "/tasks/{id}"),
    route<Permission::write_tasks, &delete_task>     ("delete_task",   Method::DELETE, "/tasks/{id}"),
    route<Permission::write_tasks, &restore_task>    ("restore_task",  Method::POST,   "/tasks/{id}/restore"),
    route<Permission::administer,  &get_dashboard>   ("admin",            Method::GET,    "/admin"),
    route<Permission::administer,  &get_dashboard>   ("admin_dashboard",  Method::GET,    "/admin/dashboard"),
    route<Permission::administer,  &list_accounts>   ("list_users",       Method::GET,    "/admin/users"),
    route<Permission::administer,  &create_account>  ("create_user",      Method::POST,   "/admin/users", Pool::auth),
    route<Permission::administer,  &get_account>     ("read_user",        Method::GET,    "/admin/users/{id}"),
    route<Permission::administer,  &change_account>  ("change_user",      Method::PATCH,  "/admin/users/{id}"),
    route<Permission::administer,  &remove_account>  ("delete_user",      Method::DELETE, "/admin/users/{id}"),
    route<Permission::administer,  &end_sessions>    ("end_user_sessions", Method::DELETE, "/admin/users/{id}/sessions"),
    route<Permission::administer,  &reset_factors>   ("reset_user_mfa",    Method::DELETE, "/admin/users/{id}/mfa"),
    route<Permission::administer,  &search_audit>    ("read_audit",    Method::GET,    "/admin/audit", Pool::api, Transfer::large_answer),
    route<Permission::anyone,      &get_health>      ("healthz",       Method::GET,    "/healthz"),
    route<Permission::anyone,      &get_readiness>   ("readyz",        Method::GET,    "/readyz"),
    route<Permission::anyone,      &get_jwks>        ("jwks",          Method::GET,    "/.well-known/jwks.json"),
    route<Permission::anyone,      &get_metrics>     ("metrics",       Method::GET,    "/metrics", Pool::api, Transfer::usual, Reach::metrics_clients),
    route<Permission::anyone,      &get_openapi>     ("openapi",       Method::GET,    "/openapi.json"),
    // clang-format on
};

/// What {id} names in the paths that begin so, as the audit record calls it.
constexpr auto kObjectTypes = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"/admin/users/{", "user"},
    {"/auth/sessions/{", "session"},
    {"/tasks/{", "task"},
});

constexpr bool has_id(std::string_view pattern) { return pattern.find('{') != std::string_view::npos; }

static_assert(std::all_of(kRoutes.begin(), kRoutes.end(),
                          [](const Route& route) {
                            return !has_id(route.path) ||
                                   std::any_of(
                                       kObjectTypes.begin(), kObjectTypes.end(),
                                       [&](const auto& one) { return route.path.starts_with(one.first); });
                          }),
              "the audit record names the object of a path with {id}");

/// Whether the path matches the pattern. Sets `id` to the segment that the pattern has in braces.
bool fits(std::string_view pattern, std::string_view path, std::string_view& id) {
  const std::size_t brace = pattern.find('{');
  if (brace == std::string_view::npos) return pattern == path;
  const std::string_view suffix = pattern.substr(pattern.find('}') + 1);
  if (path.size() <= brace + suffix.size() || path.substr(0, brace) != pattern.substr(0, brace)) return false;
  if (path.substr(path.size() - suffix.size()) != suffix) return false;
  const std::string_view segment = path.substr(brace, path.size() - brace - suffix.size());
  if (segment.find('/') != std::string_view::npos) return false;
  id = segment;
  return true;
}

}  // namespace

bool reaches(Reach reach, const domain::Rules& rules, std::string_view client_address) {
  return reach == Reach::all_clients || domain::may_read_metrics(rules, client_address);
}

std::span<const Route> every_route() { return kRoutes; }

store::RefusedRequest refused_request(const Call& call) {
  store::RefusedRequest refused;
  const auto* route =
      std::find_if(kRoutes.begin(), kRoutes.end(), [&](const Route& one) { return one.name == call.route; });
  if (route == kRoutes.end() || !has_id(route->path)) return refused;
  for (const auto& [prefix, type] : kObjectTypes) {
    if (route->path.starts_with(prefix)) refused.object_type = type;
  }
  refused.object = Uuid::parse(call.id);
  return refused;
}

Result<std::string_view> required_token(const http::Request& request) {
  if (!request.authorization) return ErrorCode::authentication_required;
  const auto token = http::bearer_token(*request.authorization);
  if (!token)
    return Error(ErrorCode::invalid_token, "The Authorization header must have the form 'Bearer <token>'.");
  return *token;
}

bool is_about_the_request(ErrorCode code) noexcept {
  return code == ErrorCode::bad_request || code == ErrorCode::malformed_json ||
         code == ErrorCode::payload_too_large || code == ErrorCode::unsupported_media_type ||
         code == ErrorCode::validation_failed;
}

Error final_error(const Call& call, const model::Bearer& access, Error&& error) {
  if (is_about_the_request(error.code) || error.code == ErrorCode::reauthentication_required) {
    auto confirmed =
        store::check_access(call.resources.database, access, call.stamp(), refused_request(call));
    if (confirmed) return std::move(error);
    error = std::move(confirmed).error();
  }
  if (error.code == ErrorCode::forbidden) return domain::refusal_of(call.resources, access);
  return std::move(error);
}

Match match(std::string_view path, std::optional<Method> method) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto asked = method == Method::HEAD ? Method::GET : method;
  const bool is_literal = std::any_of(kRoutes.begin(), kRoutes.end(), [&](const Route& route) {
    return route.path == path && !has_id(route.path);
  });
  Match found;
  for (const Route& route : kRoutes) {
    std::string_view id;
    if ((is_literal && has_id(route.path)) || !fits(route.path, path, id)) continue;
    found.reach = route.reach;
    found.allowed.push_back(route.method);
    if (route.method == Method::GET) found.allowed.push_back(Method::HEAD);
    if (route.method == asked) {
      found.route = &route;
      found.id = id;
    }
  }
  if (!found.allowed.empty()) found.allowed.push_back(Method::OPTIONS);
  return found;
}

std::size_t body_max(std::string_view path, std::string_view method) {
  const Match found = match(path, http::method(method));
  return found.route == nullptr ? http::kBodyMaxBytes : body_max(*found.route);
}

bool allows(const std::vector<Method>& methods, Method method) noexcept {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

std::string allow_value(const std::vector<Method>& methods) {
  std::vector<std::string_view> names;
  names.reserve(methods.size());
  for (const Method method : methods) names.push_back(http::name(method));
  return joined(names, ", ");
}

}  // namespace taskward::api
