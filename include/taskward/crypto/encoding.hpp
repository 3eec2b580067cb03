// Strict base64url without padding (RFC 4648, section 5; RFC 7515, section 2), base64 with padding (RFC 4648,
// section 4), and hexadecimal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::crypto {

[[nodiscard]] std::string base64url(std::string_view bytes);
/// Rejects padding, other characters and non-zero trailing bits, so that each byte string has a single
/// encoding. What was decoded of a rejected text is wiped.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

[[nodiscard]] std::string base64(std::string_view bytes);
/// As strict as from_base64url, and rejects wrong padding.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// Lower case.
[[nodiscard]] std::string hex(std::string_view bytes);
/// Rejects upper case.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

}  // namespace taskward::crypto
