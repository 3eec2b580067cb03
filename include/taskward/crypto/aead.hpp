// Authenticated encryption at rest: AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

/// nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes). The context is additional
/// authenticated data and is not stored. The key has 32 bytes.
[[nodiscard]] std::string seal(const Secret& key, std::string_view plaintext, std::string_view context,
                               RandomSource& random);

/// Nothing if key, context or data do not match.
[[nodiscard]] std::optional<Secret> open_sealed(const Secret& key, std::string_view sealed,
                                                std::string_view context);

}  // namespace taskward::crypto
