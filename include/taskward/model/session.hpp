// A session is the chain of refresh tokens that one login started.
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

/// A dead refresh token that comes back this soon after its rotation is two tabs racing, not theft:
/// it is refused, but the session lives on.
inline constexpr std::chrono::seconds kRotationRace{10};

/// How a session began.
enum class LoginMethod : std::uint8_t { password, otp };
[[nodiscard]] constexpr std::string_view name(LoginMethod method) noexcept {
  return method == LoginMethod::password ? "password" : "otp";
}

/// A live session, as its owner sees it.
struct Session {
  SessionId id;
  std::string method;
  Timestamp created_at;
  Timestamp last_used_at;  ///< when its tokens were last given or refreshed
  Timestamp expires_at;
  std::optional<std::string> client_address;  ///< of the last use
  std::optional<std::string> user_agent;
  bool current = false;  ///< the one that asks
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

/// What a login or a refresh gives.
struct TokenPair {
  Secret access_token;
  Secret refresh_token;
  std::chrono::seconds expires_in{};
  std::chrono::seconds refresh_expires_in{};
  User user;
};

}  // namespace taskward::model
