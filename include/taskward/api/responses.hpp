// Making responses: JSON documents and problem documents (RFC 9457).
#pragma once

#include <string_view>

#include "taskward/api/bodies.hpp"
#include "taskward/base/errors.hpp"
#include "taskward/http/response.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::api {

/// A response whose body is what the writer holds.
[[nodiscard]] http::Response json_response(int status, json::Writer& w);

template <class T>
[[nodiscard]] http::Response object_response(int status, const T& value, const Parts<T>& parts) {
  json::Writer w;
  write_object(w, value, parts);
  return json_response(status, w);
}

/// 202: a code is on its way.
[[nodiscard]] http::Response code_requested(const domain::CodeRequested& requested);

/// The problem document of a refusal, with WWW-Authenticate and Retry-After where they belong. The
/// error's internal text stays here.
[[nodiscard]] http::Response problem(const Error& error, std::string_view request_id);

}  // namespace taskward::api
