// UTF-8 (RFC 3629): is it valid, and how many code points does it hold.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace taskward {

/// U+FEFF, with which a file may begin.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The number of code points, or nothing when the text is not valid UTF-8 (surrogates, overlong
/// forms and values above U+10FFFF are not).
[[nodiscard]] std::optional<std::size_t> code_points(std::string_view text) noexcept;

/// The length in bytes of the valid code point at the front of the text; 0 when there is none.
[[nodiscard]] std::size_t code_point_length(std::string_view text) noexcept;

/// The longest beginning of at most `most` bytes that cuts no code point in two. The text must be UTF-8.
[[nodiscard]] std::string_view beginning(std::string_view text, std::size_t most) noexcept;

}  // namespace taskward
