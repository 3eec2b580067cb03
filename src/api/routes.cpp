#include "taskward/api/routes.hpp"

#include <algorithm>
#include <array>

#include "account_endpoints.hpp"
#include "admin_endpoints.hpp"
#include "audit_endpoints.hpp"
#include "auth_endpoints.hpp"
#include "mail_endpoints.hpp"
#include "mfa_endpoints.hpp"
#include "passkey_endpoints.hpp"
#include "service_endpoints.hpp"
#include "task_endpoints.hpp"
#include "task_file_endpoints.hpp"
#include "taskward/base/text.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/domain/metrics.hpp"
#include "token_endpoints.hpp"

namespace taskward::api {
namespace {

using http::Method;
using model::Assurance;
using model::Permission;
using model::Scope;

constexpr std::array kRoutes{
    // clang-format off
    route<Permission::anyone,      Scope::none,         &register_account>                               ("register",                       Method::POST,    "/auth/register", Pool::auth),
    route<Permission::anyone,      Scope::none,         &log_in>                                         ("login",                          Method::POST,    "/auth/login", Pool::auth),
    route<Permission::anyone,      Scope::none,         &log_in>                                         ("login_short",                    Method::POST,    "/login", Pool::auth),
    route<Permission::anyone,      Scope::none,         &request_login_code>                             ("otp_request",                    Method::POST,    "/auth/otp/request"),
    route<Permission::anyone,      Scope::none,         &log_in_by_code>                                 ("otp_verify",                     Method::POST,    "/auth/otp/verify"),
    route<Permission::anyone,      Scope::none,         &refresh>                                        ("refresh",                        Method::POST,    "/auth/refresh"),
    route<Permission::anyone,      Scope::none,         &refresh>                                        ("refresh_short",                  Method::POST,    "/refresh"),
    route<Permission::anyone,      Scope::none,         &log_out>                                        ("logout",                         Method::POST,    "/auth/logout"),
    route<Permission::own_profile, Scope::profile_read, &get_profile>                                    ("me",                             Method::GET,     "/auth/me"),
    route<Permission::own_profile, Scope::none,         &change_profile>                                 ("change_me",                      Method::PATCH,   "/auth/me"),
    route<Permission::own_profile, Scope::none,         &delete_account, Assurance::confirmed>           ("delete_me",                      Method::DELETE,  "/auth/me", Pool::auth),
    route<Permission::own_profile, Scope::none,         &change_password, Assurance::confirmed>          ("change_password",                Method::PUT,     "/auth/password", Pool::auth),
    route<Permission::anyone,      Scope::none,         &complete_login>                                 ("mfa",                            Method::POST,    "/auth/mfa"),
    route<Permission::own_profile, Scope::none,         &reauthenticate, Assurance::session>             ("reauthenticate",                 Method::POST,    "/auth/reauthenticate", Pool::auth),
    route<Permission::own_profile, Scope::none,         &enroll_totp, Assurance::enrollment>             ("enroll_totp",                    Method::POST,    "/auth/totp"),
    route<Permission::own_profile, Scope::none,         &confirm_totp, Assurance::session>               ("confirm_totp",                   Method::POST,    "/auth/totp/confirm"),
    route<Permission::own_profile, Scope::none,         &disable_totp, Assurance::recent>                ("disable_totp",                   Method::DELETE,  "/auth/totp"),
    route<Permission::own_profile, Scope::none,         &renew_recovery_codes, Assurance::recent>        ("renew_recovery_codes",           Method::POST,    "/auth/recovery-codes"),
    route<Permission::own_profile, Scope::none,         &begin_passkey_registration, Assurance::enrollment>("passkey_options",                Method::POST,    "/auth/passkeys/options"),
    route<Permission::own_profile, Scope::none,         &register_passkey, Assurance::session>           ("register_passkey",               Method::POST,    "/auth/passkeys"),
    route<Permission::own_profile, Scope::none,         &list_passkeys>                                  ("passkeys",                       Method::GET,     "/auth/passkeys"),
    route<Permission::own_profile, Scope::none,         &rename_passkey>                                 ("rename_passkey",                 Method::PATCH,   "/auth/passkeys/{id}"),
    route<Permission::own_profile, Scope::none,         &delete_passkey, Assurance::recent>              ("delete_passkey",                 Method::DELETE,  "/auth/passkeys/{id}"),
    route<Permission::anyone,      Scope::none,         &begin_passkey_login>                            ("passkey_login_options",          Method::POST,    "/auth/passkeys/login/options"),
    route<Permission::anyone,      Scope::none,         &log_in_with_passkey>                            ("passkey_login",                  Method::POST,    "/auth/passkeys/login"),
    route<Permission::anyone,      Scope::none,         &begin_passkey_factor>                           ("mfa_passkey_options",            Method::POST,    "/auth/mfa/passkey-options"),
    route<Permission::own_profile, Scope::none,         &begin_passkey_reauthentication, Assurance::session>("reauthenticate_passkey_options", Method::POST,    "/auth/reauthenticate/passkey-options"),
    route<Permission::anyone,      Scope::none,         &request_password_reset>                         ("forgot_password",                Method::POST,    "/auth/password/forgot"),
    route<Permission::anyone,      Scope::none,         &reset_password>                                 ("reset_password",                 Method::POST,    "/auth/password/reset", Pool::auth),
    route<Permission::own_profile, Scope::none,         &list_sessions>                                  ("sessions",                       Method::GET,     "/auth/sessions"),
    route<Permission::own_profile, Scope::none,         &end_session>                                    ("end_session",                    Method::DELETE,  "/auth/sessions/{id}"),
    route<Permission::own_profile, Scope::profile_read, &list_activity>                                  ("activity",                       Method::GET,     "/auth/activity"),
    route<Permission::own_profile, Scope::profile_read, &get_protected>                                  ("protected",                      Method::GET,     "/auth/protected"),
    route<Permission::own_profile, Scope::none,         &create_token, Assurance::recent>                ("create_token",                   Method::POST,    "/auth/tokens"),
    route<Permission::own_profile, Scope::none,         &list_tokens>                                    ("tokens",                         Method::GET,     "/auth/tokens"),
    route<Permission::own_profile, Scope::none,         &rename_token>                                   ("change_token",                   Method::PATCH,   "/auth/tokens/{id}"),
    route<Permission::own_profile, Scope::none,         &revoke_token>                                   ("revoke_token",                   Method::DELETE,  "/auth/tokens/{id}"),
    route<Permission::read_tasks,  Scope::tasks_read,   &list_tasks>                                     ("list_tasks",                     Method::GET,     "/tasks"),
    route<Permission::write_tasks, Scope::tasks_write,  &create_task>                                    ("create_task",                    Method::POST,    "/tasks"),
    route<Permission::write_tasks, Scope::tasks_write,  &apply_batch>                                    ("batch_tasks",                    Method::POST,    "/tasks/batch"),
    route<Permission::read_tasks,  Scope::tasks_read,   &export_tasks>                                   ("export_tasks",                   Method::GET,     "/tasks/export", Pool::api, Transfer::large_answer),
    route<Permission::write_tasks, Scope::tasks_write,  &import_tasks>                                   ("import_tasks",                   Method::POST,    "/tasks/import", Pool::api, Transfer::large_body),
    route<Permission::read_tasks,  Scope::tasks_read,   &get_task>                                       ("read_task",                      Method::GET,     "/tasks/{id}"),
    route<Permission::write_tasks, Scope::tasks_write,  &change_task>                                    ("replace_task",                   Method::PUT,     "/tasks/{id}"),
    route<Permission::write_tasks, Scope::tasks_write,  &change_task>                                    ("change_task",                    Method::PATCH,   "/tasks/{id}"),
    route<Permission::write_tasks, Scope::tasks_write,  &delete_task>                                    ("delete_task",                    Method::DELETE,  "/tasks/{id}"),
    route<Permission::write_tasks, Scope::tasks_write,  &restore_task>                                   ("restore_task",                   Method::POST,    "/tasks/{id}/restore"),
    route<Permission::administer,  Scope::admin_read,   &get_dashboard>                                  ("admin",                          Method::GET,     "/admin"),
    route<Permission::administer,  Scope::admin_read,   &get_dashboard>                                  ("admin_dashboard",                Method::GET,     "/admin/dashboard"),
    route<Permission::administer,  Scope::admin_read,   &get_statistics>                                 ("admin_statistics",               Method::GET,     "/admin/statistics"),
    route<Permission::administer,  Scope::admin_read,   &list_accounts>                                  ("list_users",                     Method::GET,     "/admin/users"),
    route<Permission::administer,  Scope::admin_write,  &create_account>                                 ("create_user",                    Method::POST,    "/admin/users", Pool::auth),
    route<Permission::administer,  Scope::admin_read,   &get_account>                                    ("read_user",                      Method::GET,     "/admin/users/{id}"),
    route<Permission::administer,  Scope::admin_write,  &change_account>                                 ("change_user",                    Method::PATCH,   "/admin/users/{id}"),
    route<Permission::administer,  Scope::admin_write,  &remove_account, Assurance::recent>              ("delete_user",                    Method::DELETE,  "/admin/users/{id}"),
    route<Permission::administer,  Scope::none,         &end_sessions>                                   ("end_user_sessions",              Method::DELETE,  "/admin/users/{id}/sessions"),
    route<Permission::administer,  Scope::none,         &reset_factors, Assurance::recent>               ("reset_user_mfa",                 Method::DELETE,  "/admin/users/{id}/mfa"),
    route<Permission::administer,  Scope::none,         &list_tokens_of>                                 ("user_tokens",                    Method::GET,     "/admin/users/{id}/tokens"),
    route<Permission::administer,  Scope::none,         &revoke_tokens_of>                               ("revoke_user_tokens",             Method::DELETE,  "/admin/users/{id}/tokens"),
    route<Permission::administer,  Scope::admin_read,   &search_audit>                                   ("read_audit",                     Method::GET,     "/admin/audit", Pool::api, Transfer::large_answer),
    route<Permission::administer,  Scope::admin_read,   &get_seal_state>                                 ("audit_seals",                    Method::GET,     "/admin/audit/seals"),
    route<Permission::administer,  Scope::admin_read,   &get_proof>                                      ("audit_proof",                    Method::GET,     "/admin/audit/{id}/proof"),
    route<Permission::administer,  Scope::admin_read,   &list_mail>                                      ("list_mail",                      Method::GET,     "/admin/mail"),
    route<Permission::administer,  Scope::admin_write,  &retry_mail>                                     ("retry_mail",                     Method::POST,    "/admin/mail/{id}/retry"),
    route<Permission::anyone,      Scope::none,         &get_health>                                     ("healthz",                        Method::GET,     "/healthz"),
    route<Permission::anyone,      Scope::none,         &get_readiness>                                  ("readyz",                         Method::GET,     "/readyz"),
    route<Permission::anyone,      Scope::none,         &get_jwks>                                       ("jwks",                           Method::GET,     "/.well-known/jwks.json"),
    route<Permission::anyone,      Scope::none,         &get_metrics>                                    ("metrics",                        Method::GET,     "/metrics", Pool::api, Transfer::usual, Reach::metrics_clients),
    route<Permission::anyone,      Scope::none,         &get_openapi>                                    ("openapi",                        Method::GET,     "/openapi.json"),
    // clang-format on
};

static_assert(std::all_of(kRoutes.begin(), kRoutes.end(),
                          [](const Route& route) {
                            return route.scope == Scope::none ||
                                   model::is_reading(route.scope) == (route.method == Method::GET);
                          }),
              "a scope that reads is of GET, and a scope that writes of other methods");

/// What {id} names in the paths that begin so, as the audit record calls it.
constexpr auto kObjectTypes = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"/admin/audit/{", "audit"},
    {"/admin/mail/{", "mail"},
    {"/admin/users/{", "user"},
    {"/auth/passkeys/{", "passkey"},
    {"/auth/sessions/{", "session"},
    {"/auth/tokens/{", "token"},
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

std::optional<Secret> basic_password(std::string_view authorization) {
  const auto encoded = http::basic_credentials(authorization);
  if (!encoded) return std::nullopt;
  auto decoded = crypto::from_base64(*encoded);
  if (!decoded) return std::nullopt;
  const Secret credentials = Secret::take(*decoded);
  const std::size_t colon = credentials.reveal().find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return Secret(credentials.reveal().substr(colon + 1));
}

Result<PresentedToken> presented_token(const http::Request& request) {
  if (request.authorization && http::is_basic(*request.authorization)) {
    auto password = basic_password(*request.authorization);
    if (!password || !domain::is_for_personal_token(password->reveal()))
      return Error(ErrorCode::invalid_token,
                   "With Basic authentication, the password must be a personal access token.");
    return PresentedToken(std::move(*password));
  }
  auto token = required_token(request);
  if (!token) return std::move(token).error();
  return PresentedToken(*token);
}

bool offers_basic(const Route& route, const http::Request& request) noexcept {
  return route.scope != model::Scope::none &&
         (!request.authorization || http::is_basic(*request.authorization));
}

bool is_about_the_request(ErrorCode code) noexcept {
  return code == ErrorCode::bad_request || code == ErrorCode::malformed_json ||
         code == ErrorCode::payload_too_large || code == ErrorCode::unsupported_media_type ||
         code == ErrorCode::validation_failed;
}

Error final_error(const Call& call, const model::Bearer& access, Error&& error) {
  const bool lacks_scope = error.code == ErrorCode::insufficient_scope;
  if (is_about_the_request(error.code) || error.code == ErrorCode::reauthentication_required || lacks_scope) {
    store::RefusedRequest request = refused_request(call);
    request.lacks_scope = lacks_scope;
    auto confirmed = store::check_access(call.resources.database, access, call.stamp(), request);
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
