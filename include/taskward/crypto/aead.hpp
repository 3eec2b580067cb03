// Authenticated encryption at rest: AES-256-GCM (NIST SP 800-38D), a random 96-bit nonce in front.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

/// nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes). The context is authenticated, not stored: the
/// same one must be given to open. The key has 32 bytes.
[[nodiscard]] std::string seal(const Secret& key, std::string_view plaintext, std::string_view context,
                               RandomSource& random);

/// Nothing when the key or the context is another, or a bit has changed.
[[nodiscard]] std::optional<Secret> open_sealed(const Secret& key, std::string_view sealed,
                                                std::string_view context);

}  // namespace taskward::crypto
