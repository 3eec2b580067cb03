#include "contract.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <stdexcept>

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
#include "taskward/api/responses.hpp"
#include "token_endpoints.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;

using Tables = std::multimap<std::string_view, ObjectFacts>;

bool is_same_table(const ObjectFacts& a, const ObjectFacts& b) {
  return std::equal(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
                    [](const MemberFacts& x, const MemberFacts& y) { return x.name == y.name; });
}

void add_tables_of(const Schema& schema, Tables& tables);

void add_table(const ObjectFacts& table, Tables& tables) {
  const auto [first, last] = tables.equal_range(table.name);
  if (std::any_of(first, last, [&](const auto& known) { return is_same_table(known.second, table); })) return;
  tables.emplace(table.name, table);
  for (const MemberFacts& member : table.members) add_tables_of(member.schema, tables);
}

void add_tables_of(const Schema& schema, Tables& tables) {
  for (const auto& table : schema.tables) add_table(*table, tables);
  if (schema.items) add_tables_of(*schema.items, tables);
}

Schema text_schema() { return {}; }

}  // namespace

const Operations& every_operation() {
  static const Operations all = [] {
    Operations out;
    for (Operations& some :
         std::array{auth_operations(), mfa_operations(), passkey_operations(), token_operations(),
                    account_operations(), task_operations(), task_file_operations(), admin_operations(),
                    audit_operations(), mail_operations(), service_operations()})
      std::move(some.begin(), some.end(), std::back_inserter(out));
    return out;
  }();
  return all;
}

const Operation& operation_of(const Route& route) {
  const Operations& all = every_operation();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Operation& one) { return one.route == route.name; });
  if (found == all.end())
    throw std::logic_error("the route " + std::string(route.name) + " has no OpenAPI operation");
  return *found;
}

std::vector<ErrorCode> problems_of(const Route& route, const Operation& operation) {
  std::vector<ErrorCode> all = operation.problems;
  const auto add = [&](std::initializer_list<ErrorCode> more) { all.insert(all.end(), more); };
  if (route.permission != model::Permission::anyone)
    add({E::authentication_required, E::invalid_token, E::token_expired, E::insufficient_scope});
  const bool is_exempt =
      route.assurance == model::Assurance::session || route.assurance == model::Assurance::enrollment;
  if (route.permission != model::Permission::anyone && !is_exempt) add({E::mfa_enrollment_required});
  if (route.permission != model::Permission::anyone && route.assurance != model::Assurance::session)
    add({E::reauthentication_required});
  if (!std::all_of(model::kRoles.begin(), model::kRoles.end(),
                   [&](model::Role role) { return model::holds(role, route.permission); }))
    add({E::forbidden});
  if (route.path.find('{') != std::string_view::npos) add({E::not_found});
  if (!operation.query.empty()) add({E::bad_request, E::validation_failed});
  if (operation.body)
    add({E::malformed_json, E::payload_too_large, E::unsupported_media_type, E::validation_failed});
  // Any request can be rate limited, and any request can fail.
  add({E::too_many_requests, E::internal_error, E::service_unavailable});
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<ObjectFacts> every_object() {
  Tables tables;
  for (const Operation& operation : every_operation()) {
    for (const ParameterFacts& parameter : operation.query) add_tables_of(parameter.schema, tables);
    if (operation.body) add_tables_of(operation.body->schema, tables);
    for (const AnswerFacts& answer : operation.answers) add_tables_of(answer.schema, tables);
  }
  add_table(facts_of(problem_parts()), tables);
  std::vector<ObjectFacts> all;
  for (auto& [name, table] : tables) all.push_back(std::move(table));
  return all;
}

const std::vector<TagFacts>& every_tag() {
  static const std::vector<TagFacts> tags{
      {"Authentication", "Registration, login, tokens and password reset."},
      {"Second factors", "TOTP, recovery codes, and authenticating again."},
      {"Passkeys", "Registering passkeys and logging in with them (WebAuthn Level 3)."},
      {"Account", "The caller's own profile, password, sessions and security events."},
      {"Personal access tokens", "Tokens with which programs act for a user, within some scopes."},
      {"Tasks",
       "The caller's own tasks. A task of another user and a task that does not exist both return 404."},
      {"Administration", "User accounts, the state of the service and the audit log."},
      {"Service", "Health, keys, metrics and this document."},
  };
  return tags;
}

const std::vector<HeaderFacts>& every_request_header() {
  static const std::vector<HeaderFacts> headers{
      {"If-Match", "Process the request only if the task's entity tag is listed (RFC 9110, 13.1.1).",
       text_schema(), "\"1\""},
      {"If-None-Match", "Process the request only if the entity tag is not listed (RFC 9110, 13.1.2).",
       text_schema(), "\"7\""},
      {"Idempotency-Key", "A unique key of this request, such as a UUID: 1 to 255 visible ASCII characters.",
       text_schema(), "6f1c0e6a-8f0e-4a53-9a0e-2f6f5b1f4f11"},
  };
  return headers;
}

const std::vector<HeaderFacts>& every_answer_header() {
  static const std::vector<HeaderFacts> headers{
      {"X-Request-Id", "The id of this request, also found in the logs and the audit log.", text_schema(),
       "5f1d7a3c9e2b4d6f8a0c1e3b5d7f9a1c"},
      {"ETag", "The entity tag of the representation.", text_schema(), "\"1\""},
      {"Location", "The URI of the created resource.", text_schema(),
       "/tasks/01936b60-1f00-7c52-8e4f-7a1d3c9b0e55"},
      {"Link", "The next page, with rel=\"next\" (RFC 8288); absent on the last page.", text_schema(),
       "</tasks?cursor=AAEC>; rel=\"next\""},
      {"Cache-Control", "Caching directives (RFC 9111).", text_schema(), "no-store"},
      {"Set-Cookie", "The refresh token of a session with `\"session\": \"cookie\"`.", text_schema(),
       "__Host-taskward_refresh=eyJhbGciOiJIUzI1NiJ9.e30.c2ln; Path=/; Secure; HttpOnly; SameSite=Strict; "
       "Max-Age=604800"},
      {"Content-Disposition", "The suggested file name (RFC 6266).", text_schema(),
       "attachment; filename=\"tasks.json\""},
      {"Retry-After", "Seconds to wait before retrying.", text_schema(), "30"},
      {"WWW-Authenticate", "The authentication scheme (RFC 6750, 3; RFC 7617).", text_schema(),
       "Bearer realm=\"taskward\", error=\"invalid_token\""},
  };
  return headers;
}

}  // namespace taskward::api
