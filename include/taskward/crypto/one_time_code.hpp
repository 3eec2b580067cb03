// Codes a person types: decimal digits, every one as likely as any other.
#pragma once

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

/// So many digits, 1 to 9, leading zeros included. Values that would make some codes likelier than
/// others are drawn again.
[[nodiscard]] Secret random_digits(RandomSource& random, int digits);

}  // namespace taskward::crypto
