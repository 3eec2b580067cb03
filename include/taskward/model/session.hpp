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
#include "taskward/model/user.hpp"

namespace taskward::model {

/// A refresh token that is presented again within this time after its rotation does not end the session: two
/// browser tabs may have refreshed concurrently, or the answer was lost. The client that rotated it receives
/// its successor again, another one is rejected.
inline constexpr std::chrono::seconds kRotationRace{10};

/// The login method of a session.
enum class LoginMethod : std::uint8_t { password, otp };
[[nodiscard]] constexpr std::string_view name(LoginMethod method) noexcept {
  return method == LoginMethod::password ? "password" : "otp";
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
  bool current = false;  ///< the session of the request
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

/// The result of a login or refresh.
struct TokenPair {
  Secret access_token;
  Secret refresh_token;
  std::chrono::seconds expires_in{};
  std::chrono::seconds refresh_expires_in{};
  User user;
};

}  // namespace taskward::model
