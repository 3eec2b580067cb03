// Base32 (RFC 4648, section 6), in which secrets of authenticator apps are written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::crypto {

/// Upper case, without padding.
[[nodiscard]] std::string base32(std::string_view bytes);

/// Lenient, because secrets of other systems are imported: accepts letters in either case, spaces anywhere,
/// and correct or no padding, and ignores the bits after the last byte. Nothing for other characters, wrong
/// padding, and lengths that no bytes have.
[[nodiscard]] std::optional<std::string> from_base32(std::string_view text);

}  // namespace taskward::crypto
