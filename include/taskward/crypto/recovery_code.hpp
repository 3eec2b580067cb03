// Recovery codes, which replace a lost second factor: 80 random bits as 16 characters of Crockford's base32,
// which has no letters that look like digits, such as 7K3M-Q2ZD-0V9X-HA4T.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

inline constexpr std::size_t kRecoveryCodeCharacters = 16;

/// In four groups, separated by dashes. Every code is equally likely.
[[nodiscard]] Secret new_recovery_code(RandomSource& random);

/// The code without dashes, in upper case: the only form that may be hashed or compared. Accepts what people
/// type: letters in either case, O for 0, I and L for 1, and dashes and spaces anywhere. Nothing if the text
/// is not a code.
[[nodiscard]] std::optional<Secret> normalized_recovery_code(std::string_view text);

}  // namespace taskward::crypto
