// The list of all errors that are reported to clients.
//
// Each line of TASKWARD_ERRORS is one stable, documented code. The enum, the status, the title, the default
// detail of a problem document (RFC 9457) and nginx's error documents are derived from it. Error keeps the
// text for the client (`detail`) and the text for the log (`internal`) apart, so that internal text cannot
// reach a client.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskward {

// X(code, status, title, default detail). The type of all problems is about:blank, so the title is the reason
// phrase of the status (RFC 9457, section 4.2.1).
#define TASKWARD_ERRORS(X)                                                                                   \
  X(bad_request, 400, "Bad Request", "The request is malformed.")                                            \
  X(malformed_json, 400, "Bad Request", "The request body is not valid JSON.")                               \
  X(authentication_required, 401, "Unauthorized", "This resource requires an access token.")                 \
  X(invalid_token, 401, "Unauthorized", "The token is invalid.")                                             \
  X(token_expired, 401, "Unauthorized", "The token has expired.")                                            \
  X(invalid_credentials, 401, "Unauthorized", "The user name, e-mail address or password is incorrect.")     \
  X(invalid_otp, 401, "Unauthorized", "The code is incorrect, used or expired; request a new one.")          \
  X(invalid_mfa_token, 401, "Unauthorized", "The MFA token is invalid, used or expired; log in again.")      \
  X(invalid_mfa_code, 401, "Unauthorized", "The code is incorrect or has already been used.")                \
  X(invalid_passkey, 401, "Unauthorized", "The passkey was not accepted.")                                   \
  X(refresh_token_reused, 401, "Unauthorized", "This refresh token has already been used.")                  \
  X(insufficient_scope, 403, "Forbidden", "The personal access token does not have the required scope.")     \
  X(forbidden, 403, "Forbidden", "Your role does not permit this request.")                                  \
  X(mfa_required, 403, "Forbidden", "The login must be completed with a second factor; see POST /auth/mfa.") \
  X(mfa_enrollment_required, 403, "Forbidden", "Your account must have a second factor; enrol one first.")   \
  X(reauthentication_required, 403, "Forbidden",                                                             \
    "This request requires a recent authentication; see POST /auth/reauthenticate.")                         \
  X(cross_origin_request, 403, "Forbidden",                                                                  \
    "The refresh cookie is accepted only in requests from pages of this service.")                           \
  X(registration_closed, 403, "Forbidden",                                                                   \
    "Registration is closed; accounts are created by an administrator.")                                     \
  X(not_found, 404, "Not Found", "The resource does not exist, or you have no access to it.")                \
  X(method_not_allowed, 405, "Method Not Allowed",                                                           \
    "Method not allowed for this resource; see the Allow header.")                                           \
  X(request_timeout, 408, "Request Timeout", "The request was not received in time.")                        \
  X(email_taken, 409, "Conflict", "An account with this e-mail address already exists.")                     \
  X(username_taken, 409, "Conflict", "An account with this user name already exists.")                       \
  X(last_administrator, 409, "Conflict", "This is the last active administrator.")                           \
  X(totp_enabled, 409, "Conflict", "TOTP is already enabled for this account; disable it first.")            \
  X(last_login_method, 409, "Conflict", "This is the only way to log in to this account.")                   \
  X(record_not_sealed, 409, "Conflict", "The audit record has no seal yet; retry in a few seconds.")         \
  X(seal_mismatch, 409, "Conflict", "The audit record or its seal was changed after it was sealed.")         \
  X(mail_not_dead, 409, "Conflict", "The mail is delivered or waiting, or its content has expired.")         \
  X(answer_erased, 409, "Conflict",                                                                          \
    "The request with this Idempotency-Key succeeded, but its response is not available: it was too "        \
    "large to store, or contained a task that has been permanently deleted.")                                \
  X(idempotency_key_in_use, 409, "Conflict",                                                                 \
    "A request with this Idempotency-Key is in progress; retry when it has completed.")                      \
  X(precondition_failed, 412, "Precondition Failed",                                                         \
    "The task does not match If-Match or If-None-Match; read it again.")                                     \
  X(payload_too_large, 413, "Content Too Large", "The request body exceeds the limit of this resource.")     \
  X(uri_too_long, 414, "URI Too Long", "The request target is too long.")                                    \
  X(unsupported_media_type, 415, "Unsupported Media Type", "The request body must be application/json.")     \
  X(misdirected_request, 421, "Misdirected Request",                                                         \
    "This connection is not authoritative for the requested host.")                                          \
  X(validation_failed, 422, "Unprocessable Content", "Request validation failed; see errors.")               \
  X(quota_exceeded, 422, "Unprocessable Content", "Task quota exceeded.")                                    \
  X(too_many_tokens, 422, "Unprocessable Content",                                                           \
    "The account has the maximum number of personal access tokens; revoke one first.")                       \
  X(idempotency_key_reused, 422, "Unprocessable Content",                                                    \
    "This Idempotency-Key was already used for a different request.")                                        \
  X(invalid_passkey_registration, 422, "Unprocessable Content", "The new passkey was not accepted.")         \
  X(account_locked, 423, "Locked",                                                                           \
    "Too many failed attempts: this login name is temporarily locked. Its owner can log in with a code "     \
    "sent by e-mail.")                                                                                       \
  X(totp_locked, 423, "Locked",                                                                              \
    "Too many incorrect codes: TOTP is temporarily locked for this account. Other factors can be used.")     \
  X(too_many_requests, 429, "Too Many Requests", "Too many requests; retry later.")                          \
  X(headers_too_large, 431, "Request Header Fields Too Large", "The header fields are too large.")           \
  X(internal_error, 500, "Internal Server Error", "An internal error occurred; it has been logged.")         \
  X(not_implemented, 501, "Not Implemented", "The request method is not implemented.")                       \
  X(bad_gateway, 502, "Bad Gateway", "The service returned an invalid response; retry later.")               \
  X(service_unavailable, 503, "Service Unavailable", "The service is temporarily unavailable; retry later.") \
  X(gateway_timeout, 504, "Gateway Timeout", "The service did not respond in time.")                         \
  X(http_version_not_supported, 505, "HTTP Version Not Supported", "HTTP version not supported.")

enum class ErrorCode : std::uint8_t {
#define X(code, status, title, detail) code,
  TASKWARD_ERRORS(X)
#undef X
};

/// One line of TASKWARD_ERRORS.
struct ErrorFacts {
  ErrorCode code;
  std::string_view name;  ///< stable, snake_case: the `code` member of a problem document
  int status;             ///< HTTP status, RFC 9110
  std::string_view title;
  std::string_view detail;
};

[[nodiscard]] std::span<const ErrorFacts> every_error() noexcept;
[[nodiscard]] const ErrorFacts& facts(ErrorCode code) noexcept;

// The errors of a single member of a request body or a single query parameter.
#define TASKWARD_FAULTS(X) \
  X(required)              \
  X(unknown_member)        \
  X(wrong_type)            \
  X(not_found)             \
  X(stale_version)         \
  X(too_many)              \
  X(too_short)             \
  X(too_long)              \
  X(too_common)            \
  X(out_of_range)          \
  X(invalid_value)         \
  X(invalid_format)        \
  X(invalid_character)     \
  X(duplicate)

enum class FaultCode : std::uint8_t {
#define X(code) code,
  TASKWARD_FAULTS(X)
#undef X
};

inline constexpr std::array kFaultCodes{
#define X(code) FaultCode::code,
    TASKWARD_FAULTS(X)
#undef X
};

[[nodiscard]] std::string_view name(FaultCode code) noexcept;

/// An entry of `errors` in a problem document.
struct FieldFault {
  std::string field;  ///< name of the member or parameter, as sent by the client
  FaultCode code;
  std::string message;  ///< what is allowed
};

/// An expected error. Failed infrastructure and bugs are exceptions.
struct Error {
  ErrorCode code = ErrorCode::internal_error;
  std::string detail;    ///< for the client; empty means the default detail of the code
  std::string internal;  ///< for the log only; contains no secrets
  std::vector<FieldFault> faults;
  std::optional<std::chrono::seconds> retry_after;
  std::string scope{};  ///< that a personal access token lacks

  Error(ErrorCode c, std::string client_text = {}, std::string log_text = {})  // NOLINT: implicit on purpose
      : code(c), detail(std::move(client_text)), internal(std::move(log_text)) {}
};

/// The error for a request body or query with invalid members.
[[nodiscard]] Error validation_failed(std::vector<FieldFault> faults);

}  // namespace taskward
