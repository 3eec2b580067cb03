// A signing key as shown to the operator.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/model/jws_algorithm.hpp"

namespace taskward::model {

/// signing: signs new tokens; next: published and signs later; verifying: its tokens are still accepted;
/// ended: they have expired; revoked: they are rejected.
enum class KeyState : std::uint8_t { signing, next, verifying, ended, revoked };
inline constexpr std::array kKeyStates{KeyState::signing, KeyState::next, KeyState::verifying,
                                       KeyState::ended, KeyState::revoked};

/// Also used in SQL.
[[nodiscard]] constexpr std::string_view name(KeyState state) noexcept {
  switch (state) {
    case KeyState::signing:
      return "signing";
    case KeyState::next:
      return "next";
    case KeyState::verifying:
      return "verifying";
    case KeyState::ended:
      return "ended";
    case KeyState::revoked:
      return "revoked";
  }
  return "";
}

[[nodiscard]] constexpr std::optional<KeyState> key_state(std::string_view text) noexcept {
  for (const KeyState state : kKeyStates) {
    if (name(state) == text) return state;
  }
  return std::nullopt;
}

struct SigningKeyInfo {
  std::string kid;
  JwsAlgorithm algorithm = JwsAlgorithm::ES256;
  KeyState state = KeyState::verifying;
  std::optional<Timestamp> created_at;  ///< empty for a key in the settings, like the next three
  std::optional<Timestamp> signs_from;
  std::optional<Timestamp> verifies_until;
  std::optional<Timestamp> revoked_at;
};

}  // namespace taskward::model
