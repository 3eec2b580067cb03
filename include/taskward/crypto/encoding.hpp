// base64url without padding (RFC 4648, section 5; RFC 7515, section 2), strict, and hexadecimal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::crypto {

[[nodiscard]] std::string base64url(std::string_view bytes);
/// Refuses padding, other characters, and spare bits that are not zero: each byte string has
/// exactly one spelling.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

/// Lower case.
[[nodiscard]] std::string hex(std::string_view bytes);

}  // namespace taskward::crypto
