// A signing key as an operator sees it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/model/jws_algorithm.hpp"

namespace taskward::model {

/// signing: new tokens are its; next: published, signs from its time on; verifying: what it signed still
/// holds; ended: that is over; revoked: refused at once and for ever.
enum class KeyState : std::uint8_t { signing, next, verifying, ended, revoked };
inline constexpr std::array kKeyStates{KeyState::signing, KeyState::next, KeyState::verifying,
                                       KeyState::ended, KeyState::revoked};

/// The same in the database's statements.
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
  std::optional<Timestamp> created_at;  ///< empty for a key that is kept in the settings, as the next three
  std::optional<Timestamp> signs_from;
  std::optional<Timestamp> verifies_until;
  std::optional<Timestamp> revoked_at;
};

}  // namespace taskward::model
