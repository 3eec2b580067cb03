#include "taskward/api/responses.hpp"

#include <string>

namespace taskward::api {
namespace {

/// RFC 6750, section 3. The description must not contain quotes.
std::string challenge(std::string_view error, std::string_view description) {
  return R"(Bearer realm="taskward", error=")" + std::string(error) + R"(", error_description=")" +
         std::string(description) + '"';
}

}  // namespace

const Parts<FieldFault>& field_fault_parts() {
  static const Parts<FieldFault> parts{
      "FieldFault",
      {
          part<&FieldFault::field>("field", "The field or parameter, such as `title` or `update[2].title`."),
          part<&FieldFault::code>("code"),
          part<&FieldFault::message>("message", "The violated constraint, for human readers."),
      }};
  return parts;
}

const Parts<ProblemBody>& problem_parts() {
  using Body = ProblemBody;
  static const Parts<Body> parts{
      "Problem",
      {
          part<&Body::type>("type"),
          part<&Body::title>("title", "The reason phrase of the status."),
          part<&Body::status>("status"),
          part<&Body::detail>("detail", "An explanation for human readers."),
          part<&Body::code>("code", "A stable error code for programs."),
          part<&Body::request_id>("request_id", "The value of X-Request-Id."),
          objects_part_if_any<&Body::errors, &field_fault_parts>("errors", "All validation errors."),
          part_if_any<&Body::mfa_token>(
              "mfa_token",
              "With `mfa_required`, and with `invalid_mfa_code` of a login: for `POST /auth/mfa`."),
          part_if_any<&Body::methods>(
              "methods",
              "With an MFA token: the factors to choose from, `totp`, `webauthn`, `recovery_code`."),
          part_if_any<&Body::expires_in>("expires_in",
                                         "With an MFA token: how long the MFA token is valid, in seconds."),
      }};
  return parts;
}

http::Response json_response(int status, json::Writer& w) {
  http::Response response(status);
  response.with("Content-Type", "application/json");
  response.body = w.take();
  return response;
}

http::Response code_requested(const domain::CodeRequested& requested) {
  return secret_response(202, requested, code_requested_parts());
}

http::Response second_factor_problem(const domain::SecondFactorRequired& required,
                                     std::string_view request_id, ErrorCode code) {
  const ErrorFacts& known = facts(code);
  std::vector<std::string_view> methods;
  if (required.factors.has_totp) methods.emplace_back("totp");
  if (required.factors.has_passkeys) methods.emplace_back("webauthn");
  if (required.factors.has_recovery_codes) methods.emplace_back("recovery_code");
  http::Response response = object_response(known.status,
                                            ProblemBody{.title = known.title,
                                                        .status = known.status,
                                                        .detail = known.detail,
                                                        .code = known.name,
                                                        .request_id = request_id,
                                                        .errors = {},
                                                        .mfa_token = required.mfa_token.reveal(),
                                                        .methods = std::move(methods),
                                                        .expires_in = required.expires_in},
                                            problem_parts());
  response.headers.clear();
  response.with("Content-Type", "application/problem+json").with("Cache-Control", "no-store");
  if (known.status == 401) response.with("WWW-Authenticate", challenge("invalid_token", known.detail));
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
  if (known.status == 401) response.with("WWW-Authenticate", challenge("invalid_token", known.detail));
  if (error.code == ErrorCode::insufficient_scope) {
    response.with("WWW-Authenticate", challenge(known.name, known.detail) +
                                          (error.scope.empty() ? "" : ", scope=\"" + error.scope + '"'));
  }
  if (error.retry_after) {
    response.with("Retry-After", std::to_string(error.retry_after->count()));
  } else if (known.status == 503) {
    response.with("Retry-After", "1");
  }
  response.body = w.take();
  return response;
}

}  // namespace taskward::api
