// Responses: JSON documents and problem documents (RFC 9457).
#pragma once

#include <string_view>

#include "taskward/api/auth_bodies.hpp"
#include "taskward/base/errors.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/http/response.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::api {

/// The body of a problem document.
struct ProblemBody {
  std::string_view type = "about:blank";
  std::string_view title;
  int status = 0;
  std::string_view detail;
  std::string_view code;
  std::string_view request_id;
  std::vector<FieldFault> errors;
  /// Only with mfa_required.
  std::optional<std::string_view> mfa_token{};
  std::optional<std::vector<std::string_view>> methods{};
  std::optional<std::chrono::seconds> expires_in{};
};
[[nodiscard]] const Parts<ProblemBody>& problem_parts();
[[nodiscard]] const Parts<FieldFault>& field_fault_parts();

/// A response with the writer's text as its body.
[[nodiscard]] http::Response json_response(int status, json::Writer& w);

template <class T>
[[nodiscard]] http::Response object_response(int status, const T& value, const Parts<T>& parts) {
  json::Writer w;
  write_object(w, value, parts);
  return json_response(status, w);
}

/// The same for a response that must not be stored.
template <class T>
[[nodiscard]] http::Response secret_response(int status, const T& value, const Parts<T>& parts) {
  http::Response response = object_response(status, value, parts);
  response.with("Cache-Control", "no-store");
  return response;
}

/// 202: a code will be sent.
[[nodiscard]] http::Response code_requested(const domain::CodeRequested& requested);

/// 403 mfa_required, or another error: what is needed to complete the login.
[[nodiscard]] http::Response second_factor_problem(const domain::SecondFactorRequired& required,
                                                   std::string_view request_id,
                                                   ErrorCode code = ErrorCode::mfa_required);

/// The WWW-Authenticate of a response that offers Basic authentication (RFC 7617).
inline constexpr std::string_view kBasicChallenge = R"(Basic realm="taskward", charset="UTF-8")";

/// The problem document of an error, with WWW-Authenticate and Retry-After where required. Does not contain
/// the error's internal text.
[[nodiscard]] http::Response problem(const Error& error, std::string_view request_id);

}  // namespace taskward::api
