// One-time codes: uniformly distributed decimal digits.
#pragma once

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

/// 1 to 9 digits, possibly with leading zeros. Uses rejection sampling.
[[nodiscard]] Secret random_digits(RandomSource& random, int digits);

}  // namespace taskward::crypto
