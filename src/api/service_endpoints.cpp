#include "service_endpoints.hpp"

#include "conditions.hpp"
#include "metrics_text.hpp"
#include "query_parameters.hpp"
#include "taskward/api/openapi.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/jwk.hpp"
#include "taskward/domain/health.hpp"
#include "taskward/domain/metrics.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Service";

/// Together with KeyRing::kReloadInterval less than the lead of a rotation, so that a cached key set contains
/// a new key before that key signs.
constexpr std::string_view kKeysCacheControl = "public, max-age=5";

/// The document changes with a release, so caches revalidate it on each use.
constexpr std::string_view kOpenapiCacheControl = "public, no-cache";

struct ServiceStateBody {
  std::string status;
};

const Parts<ServiceStateBody>& service_state_parts() {
  static const Parts<ServiceStateBody> parts{"ServiceState", {part<&ServiceStateBody::status>("status")}};
  return parts;
}

http::Response state(std::string_view status) {
  return object_response(200, ServiceStateBody{std::string(status)}, service_state_parts());
}

}  // namespace

Result<http::Response> get_health(const Call&) { return state("ok"); }

Result<http::Response> get_readiness(const Call& call) {
  auto ready = domain::check_readiness(call.resources);
  if (!ready) return std::move(ready).error();
  return state("ready");
}

Result<http::Response> get_jwks(const Call& call) {
  const auto tokens = call.resources.tokens();
  json::Writer w;
  w.begin_object();
  w.key("keys");
  w.begin_array();
  for (const crypto::VerificationKey& key : tokens->verification_keys()) {
    if (!key.public_der().empty()) crypto::write_public_jwk(w, key);
  }
  w.end_array();
  w.end_object();
  http::Response response(200);
  response.with("Content-Type", "application/jwk-set+json");  // RFC 7517, 8.5.2
  response.with("Cache-Control", std::string(kKeysCacheControl));
  response.body = w.take();
  return response;
}

Result<http::Response> get_metrics(const Call& call) {
  http::Response response(200);
  response.with("Content-Type", std::string(kMetricsContentType));
  response.with("Cache-Control", "no-store");
  response.body = metrics_text(domain::gather_metrics(call.resources));
  return response;
}

Result<http::Response> get_openapi(const Call& call) {
  static const std::string tag =
      '"' + crypto::base64url(crypto::view(crypto::sha256(openapi_document()))) + '"';
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto is_known = is_known_to_client(call.request, tag);
  if (!is_known) return std::move(is_known).error();
  http::Response response(*is_known ? 304 : 200);
  response.with("ETag", tag);
  response.with("Cache-Control", std::string(kOpenapiCacheControl));
  if (*is_known) return response;
  response.with("Content-Type", "application/json");
  response.body = openapi_document();
  return response;
}

// ---------------------------------------------------------------- contract

namespace {

Operation state_operation(std::string_view route, std::string_view summary, std::string_view description,
                          std::string status, std::vector<ErrorCode> problems) {
  return {.route = route,
          .tag = kTag,
          .summary = summary,
          .description = description,
          .answers = {answer_of(200, "Success.", ServiceStateBody{std::move(status)}, service_state_parts())},
          .problems = std::move(problems)};
}

/// RFC 7517. Which of the optional members are present depends on the key type.
ObjectFacts jwk_facts() {
  ObjectFacts key{"Jwk", {}};
  for (const std::string_view name : {"kty", "kid", "alg", "use"})
    key.members.push_back({name, Presence::required, Schema()});
  for (const std::string_view name : {"crv", "x", "y", "n", "e"})
    key.members.push_back({name, Presence::optional, Schema()});
  return key;
}

ObjectFacts jwk_set_facts() {
  return {"JwkSet", {{"keys", Presence::required, array_schema(object_schema(jwk_facts()))}}};
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
      state_operation("healthz", "Liveness check", "Succeeds while the process runs.", "ok", {}),
      state_operation("readyz", "Readiness check",
                      "Succeeds if the database is reachable and its schema is supported.", "ready",
                      {E::service_unavailable}),
      {.route = "jwks",
       .tag = kTag,
       .summary = "Get the token verification keys",
       .description = "Returns a JWK set (RFC 7517). A new key is published before it signs tokens.",
       .answers =
           {{200,
             "The keys.",
             "application/jwk-set+json",
             object_schema(jwk_set_facts()),
             {"Cache-Control"},
             R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
             R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"aB3xq0V9c1R7tY5u","alg":"ES256",)"
             R"("use":"sig"}]})"}}},
      {.route = "metrics",
       .tag = kTag,
       .summary = "Get metrics",
       .description = "Returns metrics in the Prometheus text format. Only clients listed in `METRICS_FROM` "
                      "can reach this path; others get 404.",
       .answers = {{200,
                    "The sums over all processes of the host.",
                    kMetricsContentType,
                    Schema(),
                    {"Cache-Control"}}},
       .problems = {E::not_found}},
      {.route = "openapi",
       .tag = kTag,
       .summary = "Get this document",
       .description = "Returns the OpenAPI 3.1 document.",
       .headers = {"If-None-Match"},
       .answers = {{200,
                    "The document.",
                    "application/json",
                    any_object("An OpenAPI document."),
                    {"ETag", "Cache-Control"}},
                   {304, "The client has the current document.", {}, {}, {"ETag", "Cache-Control"}}},
       .problems = {E::bad_request, E::validation_failed}},
  };
}

}  // namespace taskward::api
