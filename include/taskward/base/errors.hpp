// The list of everything a client can be told has gone wrong.
//
// One line of TASKWARD_ERRORS is one stable, documented code. The enum, the status, the title, the
// default text of a problem document (RFC 9457) and nginx's own error documents all come from it.
// What a client may read (`detail`) and what only the journal may read (`internal`) are two fields
// of Error, so that an internal text cannot reach a client by mistake.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taskward {

// X(code, status, title, default detail). The title is the status's phrase (RFC 9457, 4.2.1: the type
// of all of them is about:blank), and says nothing that the code does not say better.
#define TASKWARD_ERRORS(X)                                                                                \
  X(bad_request, 400, "Bad Request", "The request could not be understood.")                              \
  X(malformed_json, 400, "Bad Request", "The body is not valid JSON.")                                    \
  X(authentication_required, 401, "Unauthorized", "This route needs an access token.")                    \
  X(invalid_token, 401, "Unauthorized", "The token is not valid.")                                        \
  X(token_expired, 401, "Unauthorized", "The token has expired.")                                         \
  X(invalid_credentials, 401, "Unauthorized", "The name or the password is wrong.")                       \
  X(invalid_otp, 401, "Unauthorized", "The code is wrong, used up or expired; ask for a new one.")        \
  X(refresh_token_reused, 401, "Unauthorized", "This refresh token has been used before.")                \
  X(forbidden, 403, "Forbidden", "Your role does not permit this.")                                       \
  X(registration_closed, 403, "Forbidden", "Nobody can register here; an administrator makes accounts.")  \
  X(not_found, 404, "Not Found", "There is nothing here, or it is not yours.")                            \
  X(method_not_allowed, 405, "Method Not Allowed",                                                        \
    "This path does not take that method; Allow lists those it takes.")                                   \
  X(request_timeout, 408, "Request Timeout", "The request did not arrive in time.")                       \
  X(email_taken, 409, "Conflict", "An account with this e-mail address exists.")                          \
  X(username_taken, 409, "Conflict", "An account with this user name exists.")                            \
  X(last_administrator, 409, "Conflict", "This is the last active administrator.")                        \
  X(answer_erased, 409, "Conflict",                                                                       \
    "What was asked for with this key has been done, and its answer is not kept: it was too large, or a " \
    "task in it was deleted for good.")                                                                   \
  X(idempotency_key_in_use, 409, "Conflict",                                                              \
    "A request with this key is still at work; try again when it is done.")                               \
  X(precondition_failed, 412, "Precondition Failed",                                                      \
    "The task is not as If-Match or If-None-Match says; read it again.")                                  \
  X(payload_too_large, 413, "Content Too Large", "The body is larger than this route takes.")             \
  X(uri_too_long, 414, "URI Too Long", "The address is too long.")                                        \
  X(unsupported_media_type, 415, "Unsupported Media Type", "The body must be application/json.")          \
  X(misdirected_request, 421, "Misdirected Request", "This connection does not serve that host.")         \
  X(validation_failed, 422, "Unprocessable Content",                                                      \
    "Some of what was given is not as it must be; see errors.")                                           \
  X(quota_exceeded, 422, "Unprocessable Content", "You have as many tasks as you may.")                   \
  X(idempotency_key_reused, 422, "Unprocessable Content",                                                 \
    "This Idempotency-Key was used before, with another request.")                                        \
  X(account_locked, 423, "Locked",                                                                        \
    "Too many failures: this name is locked for a while; a code by e-mail lets its owner in.")            \
  X(too_many_requests, 429, "Too Many Requests", "Too many requests; wait before the next one.")          \
  X(headers_too_large, 431, "Request Header Fields Too Large", "The header fields are too large.")        \
  X(internal_error, 500, "Internal Server Error", "Something failed here; it has been logged.")           \
  X(not_implemented, 501, "Not Implemented", "The server does not know how to do that.")                  \
  X(bad_gateway, 502, "Bad Gateway", "The service did not answer properly; try again soon.")              \
  X(service_unavailable, 503, "Service Unavailable", "The service cannot do this now; try again soon.")   \
  X(gateway_timeout, 504, "Gateway Timeout", "The service did not answer in time.")                       \
  X(http_version_not_supported, 505, "HTTP Version Not Supported", "This version of HTTP is not spoken here.")

enum class ErrorCode : std::uint8_t {
#define X(code, status, title, detail) code,
  TASKWARD_ERRORS(X)
#undef X
};

/// One line of the list above.
struct ErrorFacts {
  ErrorCode code;
  std::string_view name;  ///< stable, snake_case: the `code` member of a problem document
  int status;             ///< HTTP status, RFC 9110
  std::string_view title;
  std::string_view detail;
};

[[nodiscard]] std::span<const ErrorFacts> every_error() noexcept;
[[nodiscard]] const ErrorFacts& facts(ErrorCode code) noexcept;

// What can be wrong with one member of a body or one parameter of a query.
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

/// A fault of one field: an entry of `errors` in a problem document.
struct FieldFault {
  std::string field;  ///< the member or parameter, as the client spelled it
  FaultCode code;
  std::string message;  ///< what is allowed
};

/// An expected refusal. Broken infrastructure and bugs are exceptions instead.
struct Error {
  ErrorCode code = ErrorCode::internal_error;
  std::string detail;    ///< for the client; empty means the list's default text
  std::string internal;  ///< for the journal only; never a secret either
  std::vector<FieldFault> faults;
  std::optional<std::chrono::seconds> retry_after;

  Error(ErrorCode c, std::string client_text = {},
        std::string journal_text = {})  // NOLINT: implicit on purpose
      : code(c), detail(std::move(client_text)), internal(std::move(journal_text)) {}
};

/// The refusal of a body or query whose members are at fault.
[[nodiscard]] Error validation_failed(std::vector<FieldFault> faults);

}  // namespace taskward
