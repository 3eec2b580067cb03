// One-time codes: their purposes and limits.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "taskward/model/limit.hpp"

namespace taskward::model {

/// What a code lets its holder do: get in, and show once more that one is the owner (to delete the account);
/// set a password; have the address. A code for one purpose is none for another.
enum class CodePurpose : std::uint8_t { login, password_reset, email_change };

[[nodiscard]] constexpr std::string_view name(CodePurpose purpose) noexcept {
  switch (purpose) {
    case CodePurpose::login:
      return "login";
    case CodePurpose::password_reset:
      return "password_reset";
    case CodePurpose::email_change:
      return "email_change";
  }
  return "";
}

inline constexpr int kOtpDigitsLeast = 6;
inline constexpr int kOtpDigitsMost = 8;
/// NIST SP 800-63B-4, 3.1.3.2: at most 10 minutes.
inline constexpr std::chrono::seconds kCodeLifetime{600};
/// Wrong tries after which a code is dead: with the challenge of its request, and without, each.
inline constexpr int kCodeTries = 5;
/// Between two codes for one address and purpose.
inline constexpr std::chrono::seconds kCodePause{60};
/// Codes for one address and purpose in an hour.
inline constexpr Limit kCodesPerAddress{"codes_for_address", 5, std::chrono::seconds(3600)};

}  // namespace taskward::model
