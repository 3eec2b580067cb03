// Personal access tokens: secrets of long life with which a program acts for a user, within some scopes.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/model/scope.hpp"

namespace taskward::model {

inline constexpr std::size_t kTokenNameMaxCharacters = 100;
/// Live tokens of one account.
inline constexpr int kTokensPerAccount = 50;

inline constexpr std::chrono::seconds kTokenLifetimeLeast{60};
inline constexpr std::chrono::seconds kTokenLifetimeDefault = std::chrono::days(90);
inline constexpr std::chrono::days kTokenLifetimeMost{3650};

/// A mail announces the end of a token this long before it, unless the whole lifetime is not longer than
/// twice this.
inline constexpr std::chrono::days kTokenWarning{7};

/// How often the use of a token is stored.
inline constexpr std::chrono::minutes kTokenUseInterval{1};

/// A token as shown to its owner and to administrators. It is kept for 30 days after its end, or until 100
/// others of the account have ended.
struct PersonalToken {
  PersonalTokenId id;
  std::string name;
  Scopes scopes;
  Timestamp created_at;
  Timestamp expires_at;
  std::optional<Timestamp> revoked_at;
  std::optional<Timestamp> last_used_at;  ///< to the minute
  std::optional<std::string> last_used_address;
};

}  // namespace taskward::model
