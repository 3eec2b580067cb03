#include "taskward/api/responses.hpp"

#include <string>

namespace taskward::api {
namespace {

/// RFC 6750, section 3. The description may hold no quotes, which our texts do not.
std::string challenge(std::string_view description) {
  return R"(Bearer realm="taskward", error="invalid_token", error_description=")" + std::string(description) +
         '"';
}

}  // namespace

http::Response json_response(int status, json::Writer& w) {
  http::Response response(status);
  response.with("Content-Type", "application/json");
  response.body = w.take();
  return response;
}

http::Response code_requested(const domain::CodeRequested& requested) {
  http::Response response = object_response(202, requested, code_requested_parts());
  response.with("Cache-Control", "no-store");
  return response;
}

http::Response problem(const Error& error, std::string_view request_id) {
  const ErrorFacts& known = facts(error.code);
  const std::string_view detail = error.detail.empty() ? known.detail : std::string_view(error.detail);
  json::Writer w;
  write_object(w,
               ProblemBody{.title = known.title,
                           .status = known.status,
                           .detail = detail,
                           .code = known.name,
                           .request_id = request_id,
                           .errors = error.faults},
               problem_parts());
  http::Response response(known.status);
  response.with("Content-Type", "application/problem+json");
  if (known.status == 401) response.with("WWW-Authenticate", challenge(known.detail));
  if (error.retry_after) {
    response.with("Retry-After", std::to_string(error.retry_after->count()));
  } else if (known.status == 503) {
    response.with("Retry-After", "1");
  }
  response.body = w.take();
  return response;
}

}  // namespace taskward::api
