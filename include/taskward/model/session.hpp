// A session: the chain of refresh tokens that begins with a login.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/model/authentication.hpp"
#include "taskward/model/user.hpp"

namespace taskward::model {

/// A refresh token that is presented again within this time after its rotation does not end the session: two
/// browser tabs may have refreshed concurrently, or the answer was lost. The client that rotated it receives
/// its successor again, another one is rejected.
inline constexpr std::chrono::seconds kRotationRace{10};

/// The first factor of a session's login. A passkey is both factors.
enum class LoginMethod : std::uint8_t { password, otp, passkey };
inline constexpr std::array kLoginMethods{LoginMethod::password, LoginMethod::otp, LoginMethod::passkey};
[[nodiscard]] constexpr std::string_view name(LoginMethod method) noexcept {
  switch (method) {
    case LoginMethod::password:
      return "password";
    case LoginMethod::otp:
      return "otp";
    case LoginMethod::passkey:
      return "passkey";
  }
  return "";
}

/// A live session, as shown to its owner.
struct Session {
  SessionId id;
  std::string method;
  Timestamp created_at;
  Timestamp last_used_at;  ///< when tokens were last issued
  Timestamp expires_at;
  std::optional<std::string> client_address;  ///< at the last use
  std::optional<std::string> user_agent;
  Authentication authentication;
  bool current = false;  ///< the session of the request
};

/// A session for which tokens are issued.
struct LiveSession {
  User user;
  Authentication authentication;
};

/// Which of a user's sessions a logout ends.
enum class LogoutScope : std::uint8_t { session, others, all };
inline constexpr std::array kLogoutScopes{LogoutScope::session, LogoutScope::others, LogoutScope::all};

[[nodiscard]] constexpr std::string_view name(LogoutScope scope) noexcept {
  switch (scope) {
    case LogoutScope::session:
      return "session";
    case LogoutScope::others:
      return "others";
    case LogoutScope::all:
      return "all";
  }
  return "";
}

[[nodiscard]] constexpr std::optional<LogoutScope> logout_scope(std::string_view text) noexcept {
  for (const LogoutScope scope : kLogoutScopes) {
    if (name(scope) == text) return scope;
  }
  return std::nullopt;
}

/// Where a client keeps the refresh token: it receives it in the body, or, for a browser, as a cookie that
/// scripts cannot read.
enum class SessionKind : std::uint8_t { token, cookie };
inline constexpr std::array kSessionKinds{SessionKind::token, SessionKind::cookie};
[[nodiscard]] constexpr std::string_view name(SessionKind kind) noexcept {
  return kind == SessionKind::cookie ? "cookie" : "token";
}
[[nodiscard]] constexpr std::optional<SessionKind> session_kind(std::string_view text) noexcept {
  for (const SessionKind kind : kSessionKinds) {
    if (name(kind) == text) return kind;
  }
  return std::nullopt;
}

/// The result of a login or refresh.
struct TokenPair {
  Secret access_token;
  Secret refresh_token;
  std::chrono::seconds expires_in{};
  std::chrono::seconds refresh_expires_in{};
  User user;
};

}  // namespace taskward::model
