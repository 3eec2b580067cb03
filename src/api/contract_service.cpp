// The published contract of the service itself, and what all of it shares.
#include <algorithm>
#include <stdexcept>

#include "contract.hpp"
#include "contract_samples.hpp"
#include "metrics_text.hpp"
#include "taskward/api/admin_bodies.hpp"
#include "taskward/api/audit_shapes.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Service";

Schema text(std::string_view note = {}) {
  Schema schema;
  schema.note = note;
  return schema;
}

Operation state(std::string_view route, std::string_view summary, std::string_view description,
                std::string status, std::vector<ErrorCode> problems) {
  return {.route = route,
          .tag = kTag,
          .summary = summary,
          .description = description,
          .answers = {answer_of(200, "It is.", ServiceStateBody{std::move(status)}, service_state_parts())},
          .problems = std::move(problems)};
}

/// RFC 7517: what stands in a key depends on its kind.
ObjectFacts key_facts() {
  ObjectFacts key{"Jwk", {}};
  for (const std::string_view name : {"kty", "kid", "alg", "use"})
    key.members.push_back({name, Presence::required, text()});
  for (const std::string_view name : {"crv", "x", "y", "n", "e"})
    key.members.push_back({name, Presence::optional, text()});
  return key;
}

ObjectFacts key_set_facts() {
  return {"JwkSet", {{"keys", Presence::required, array_schema(object_schema("Jwk"))}}};
}

Schema any_object(std::string_view note) {
  Schema schema;
  schema.type = Schema::Type::object;
  schema.note = note;
  return schema;
}

}  // namespace

Operations service_operations() {
  return {
      state("healthz", "Whether the process is up", "Asks nobody else.", "ok", {}),
      state("readyz", "Whether requests can be served",
            "Asks the database, and whether its schema is current.", "ready", {E::service_unavailable}),
      {.route = "jwks",
       .tag = kTag,
       .summary = "The keys that tokens are verified with",
       .description = "A JWK set of RFC 7517. A new key is published before it signs.",
       .answers =
           {{200,
             "The keys.",
             "application/jwk-set+json",
             object_schema("JwkSet"),
             {"Cache-Control"},
             R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
             R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"aB3xq0V9c1R7tY5u","alg":"ES256",)"
             R"("use":"sig"}]})"}}},
      {.route = "metrics",
       .tag = kTag,
       .summary = "What the service counts",
       .description = "The Prometheus text format, for clients of `METRICS_FROM` only; for others there is "
                      "nothing here.",
       .answers = {{200,
                    "The sums over all processes of the host.",
                    kMetricsContentType,
                    text(),
                    {"Cache-Control"}}},
       .problems = {E::not_found}},
      {.route = "openapi",
       .tag = kTag,
       .summary = "This document",
       .description = "The published contract (OpenAPI 3.1).",
       .headers = {"If-None-Match"},
       .answers = {{200,
                    "The document.",
                    "application/json",
                    any_object("An OpenAPI document."),
                    {"ETag", "Cache-Control"}},
                   {304, "The client has this document.", {}, {}, {"ETag", "Cache-Control"}}},
       .problems = {E::bad_request, E::validation_failed}},
  };
}

const Operations& every_operation() {
  static const Operations all = [] {
    Operations out;
    for (Operations& some : std::array{auth_operations(), account_operations(), task_operations(),
                                       admin_operations(), service_operations()})
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
    throw std::logic_error("the contract says nothing of the route " + std::string(route.name));
  return *found;
}

std::vector<ErrorCode> problems_of(const Route& route, const Operation& operation) {
  std::vector<ErrorCode> all = operation.problems;
  const auto add = [&](std::initializer_list<ErrorCode> more) { all.insert(all.end(), more); };
  if (route.permission != model::Permission::anyone)
    add({E::authentication_required, E::invalid_token, E::token_expired});
  if (!std::all_of(model::kRoles.begin(), model::kRoles.end(),
                   [&](model::Role role) { return model::holds(role, route.permission); }))
    add({E::forbidden});
  if (route.path.find('{') != std::string_view::npos) add({E::not_found});
  if (!operation.query.empty()) add({E::bad_request, E::validation_failed});
  if (operation.body)
    add({E::malformed_json, E::payload_too_large, E::unsupported_media_type, E::validation_failed});
  // The client's share of the service, and what can go wrong with any request.
  add({E::too_many_requests, E::internal_error, E::service_unavailable});
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<ObjectFacts> every_object() {
  std::vector<ObjectFacts> all{
      facts_of(registration_shape()),
      facts_of(login_shape()),
      facts_of(refresh_shape()),
      facts_of(logout_shape()),
      facts_of(code_request_shape()),
      facts_of(code_login_shape()),
      facts_of(password_change_shape()),
      facts_of(password_reset_shape()),
      facts_of(profile_change_shape()),
      facts_of(account_deletion_shape()),
      facts_of(new_task_shape()),
      facts_of(task_change_shape()),
      facts_of(batch_update_shape()),
      facts_of(task_batch_shape()),
      facts_of(imported_task_shape()),
      facts_of(user_parts()),
      facts_of(task_parts()),
      facts_of(trashed_task_parts()),
      facts_of(task_page_parts()),
      facts_of(trash_page_parts()),
      facts_of(batch_done_parts()),
      facts_of(refused_task_parts()),
      facts_of(import_outcome_parts()),
      facts_of(token_pair_parts()),
      facts_of(session_parts()),
      facts_of(session_list_parts()),
      facts_of(activity_parts()),
      facts_of(activity_page_parts()),
      facts_of(code_requested_parts()),
      facts_of(greeting_parts()),
      facts_of(service_state_parts()),
      facts_of(problem_parts()),
      facts_of(field_fault_parts()),
      facts_of(audit_record_parts()),
      facts_of(audit_page_parts()),
      key_facts(),
      key_set_facts(),
  };
  for (ObjectFacts& one : admin_objects()) all.push_back(std::move(one));
  return all;
}

const std::vector<TagFacts>& every_tag() {
  static const std::vector<TagFacts> tags{
      {"Authentication", "Accounts are made and sessions begin and end here."},
      {"Account", "One's own profile, password, sessions and security events."},
      {"Tasks", "One's own tasks. Somebody else's task and one that does not exist are the same 404."},
      {"Administration", "Accounts of others, the state of the service and the audit record."},
      {"Service", "The service itself: whether it is well, its keys and this contract."},
  };
  return tags;
}

const std::vector<HeaderFacts>& every_request_header() {
  static const std::vector<HeaderFacts> headers{
      {"If-Match", "Act only if the task's entity tag is one of these (RFC 9110, 13.1.1).", text(), "\"1\""},
      {"If-None-Match", "Act only if the entity tag is none of these (RFC 9110, 13.1.2).", text(), "\"7\""},
      {"Idempotency-Key", "1 to 255 visible ASCII characters that name this request, such as a UUID.", text(),
       "6f1c0e6a-8f0e-4a53-9a0e-2f6f5b1f4f11"},
  };
  return headers;
}

const std::vector<HeaderFacts>& every_answer_header() {
  static const std::vector<HeaderFacts> headers{
      {"X-Request-Id", "Names this request, also in the logs and in the audit record.", text(),
       "5f1d7a3c9e2b4d6f8a0c1e3b5d7f9a1c"},
      {"ETag", "The entity tag of what the answer holds.", text(), "\"1\""},
      {"Location", "Where the new thing is.", text(), "/tasks/01936b60-1f00-7c52-8e4f-7a1d3c9b0e55"},
      {"Link", "The next page, with rel=\"next\" (RFC 8288); not on the last one.", text(),
       "</tasks?cursor=AAEC>; rel=\"next\""},
      {"Cache-Control", "Whether and how long the answer may be kept.", text(), "no-store"},
      {"Content-Disposition", "The name of the file.", text(), "attachment; filename=\"tasks.json\""},
      {"Retry-After", "Seconds until it is worth trying again.", text(), "30"},
      {"WWW-Authenticate", "How to authenticate (RFC 6750, 3).", text(),
       "Bearer realm=\"taskward\", error=\"invalid_token\""},
  };
  return headers;
}

}  // namespace taskward::api
