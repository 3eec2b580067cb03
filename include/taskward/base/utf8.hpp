// UTF-8 (RFC 3629): validation and code points.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace taskward {

/// U+FEFF.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The number of code points; nothing if the text is not valid UTF-8 (which excludes surrogates, overlong
/// forms and values above U+10FFFF).
[[nodiscard]] std::optional<std::size_t> code_points(std::string_view text) noexcept;

/// The length in bytes of the first code point; 0 if the text is empty or begins with invalid UTF-8.
[[nodiscard]] std::size_t code_point_length(std::string_view text) noexcept;

/// The longest prefix of whole code points with at most `most` bytes. The text must be valid UTF-8.
[[nodiscard]] std::string_view beginning(std::string_view text, std::size_t most) noexcept;

}  // namespace taskward
