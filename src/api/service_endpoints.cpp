#include "conditions.hpp"
#include "metrics_text.hpp"
#include "query_parameters.hpp"
#include "taskward/api/endpoints.hpp"
#include "taskward/api/openapi.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/jwk.hpp"
#include "taskward/domain/health.hpp"
#include "taskward/domain/metrics.hpp"

namespace taskward::api {
namespace {

/// With the workers' own delay (KeyRing::kLookInterval), less than the lead of a rotation: whoever caches
/// the document knows a key before it signs.
constexpr std::string_view kKeysCacheControl = "public, max-age=5";

/// Another release may publish another one; whoever keeps it asks again whether it is still that.
constexpr std::string_view kContractCacheControl = "public, no-cache";

http::Response state(std::string_view status) {
  return object_response(200, ServiceStateBody{std::string(status)}, service_state_parts());
}

}  // namespace

Result<http::Response> answer_health(const Call&) { return state("ok"); }

Result<http::Response> answer_readiness(const Call& call) {
  auto ready = domain::check_readiness(call.resources);
  if (!ready) return std::move(ready).error();
  return state("ready");
}

Result<http::Response> publish_contract(const Call& call) {
  static const std::string tag =
      '"' + crypto::base64url(crypto::view(crypto::sha256(openapi_document()))) + '"';
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto is_known = is_known_to_client(call.request, tag);
  if (!is_known) return std::move(is_known).error();
  http::Response response(*is_known ? 304 : 200);
  response.with("ETag", tag);
  response.with("Cache-Control", std::string(kContractCacheControl));
  if (*is_known) return response;
  response.with("Content-Type", "application/json");
  response.body = openapi_document();
  return response;
}

Result<http::Response> publish_keys(const Call& call) {
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
  // The type that RFC 7517, 8.5.2 registers for exactly this document.
  response.with("Content-Type", "application/jwk-set+json");
  response.with("Cache-Control", std::string(kKeysCacheControl));
  response.body = w.take();
  return response;
}

Result<http::Response> tell_metrics(const Call& call) {
  http::Response response(200);
  response.with("Content-Type", std::string(kMetricsContentType));
  response.with("Cache-Control", "no-store");
  response.body = metrics_text(domain::gather_metrics(call.resources));
  return response;
}

}  // namespace taskward::api
