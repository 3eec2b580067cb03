// Passkeys, as shown to their owner.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"

namespace taskward::model {

using PasskeyId = Id<struct PasskeyKind>;

/// How long a browser may take to answer a challenge.
inline constexpr std::chrono::seconds kChallengeLifetime{300};
inline constexpr std::size_t kPasskeysMost = 20;  ///< of an account
inline constexpr std::size_t kPasskeyNameMaxCharacters = 100;

struct Passkey {
  PasskeyId id;
  std::string name;
  Timestamp created_at;
  std::optional<Timestamp> last_used_at;
  bool is_backup_eligible = false;  ///< can be synchronised between devices
  bool is_backed_up = false;        ///< was so at the last use
  std::vector<std::string> transports;
  Uuid aaguid;  ///< the make of the authenticator, or zeros; not proved
};

}  // namespace taskward::model
