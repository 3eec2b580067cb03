#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/health.hpp"

namespace taskward::api {
namespace {

http::Response state(std::string_view status) {
  json::Writer w;
  w.begin_object();
  w.key("status");
  w.string(status);
  w.end_object();
  return json_response(200, w);
}

}  // namespace

Result<http::Response> answer_health(const Call&) { return state("ok"); }

Result<http::Response> answer_readiness(const Call& call) {
  auto ready = domain::check_readiness(call.resources);
  if (!ready) return std::move(ready).error();
  return state("ready");
}

}  // namespace taskward::api
