#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/crypto/jwk.hpp"
#include "taskward/domain/health.hpp"

namespace taskward::api {
namespace {

/// With the workers' own delay (KeyRing::kLookInterval), less than the lead of a rotation: whoever caches
/// the document knows a key before it signs.
constexpr std::string_view kKeysCacheControl = "public, max-age=5";

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

}  // namespace taskward::api
