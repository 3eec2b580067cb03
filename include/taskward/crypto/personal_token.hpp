// Personal access tokens, for scripts: tw_, then 256 random bits in 43 characters, then a checksum in 6.
//
// Both are numbers in base 62 (0-9, A-Z, a-z) with leading zeros, so that a token is one word. The prefix and
// the checksum (CRC-32 of all that precedes it) let scanners find leaked tokens, and mistyped ones be refused
// without a query. Neither is a proof: a token is valid if its hash is stored.
#pragma once

#include <cstddef>
#include <string_view>

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

inline constexpr std::string_view kPersonalTokenPrefix = "tw_";
inline constexpr std::size_t kPersonalTokenBytes = 52;

[[nodiscard]] Secret new_personal_token(RandomSource& random);

/// Whether the text has the form of a personal token, including a number below 2^256 and the right checksum.
[[nodiscard]] bool is_personal_token(std::string_view text);

}  // namespace taskward::crypto
