// One-time codes: their purposes and limits.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "taskward/model/limit.hpp"

namespace taskward::model {

/// What a code permits: logging in and confirming the deletion of the account; setting a password; changing
/// the address. A code is valid for one purpose only.
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
/// NIST SP 800-63B-4, section 3.1.3.2: at most 10 minutes.
inline constexpr std::chrono::seconds kCodeLifetime{600};
/// Failed attempts after which a code is revoked, counted separately with and without the challenge of its
/// request.
inline constexpr int kCodeTries = 5;
/// Minimum interval between two codes for the same address and purpose.
inline constexpr std::chrono::seconds kCodePause{60};
/// Codes for the same address and purpose.
inline constexpr Limit kCodesPerAddress{"codes_for_address", 5, std::chrono::seconds(3600)};

}  // namespace taskward::model
