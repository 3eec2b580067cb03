// Text that cannot control the terminal on which it is shown.
#pragma once

#include <string>
#include <string_view>

namespace taskward {

/// Whether the code point is a control character: C0, DEL or C1.
[[nodiscard]] bool is_c0_or_c1(char32_t c) noexcept;

/// Whether the code point is one of those, a line or paragraph separator, or a character
/// for bidirectional formatting.
[[nodiscard]] bool is_control(char32_t c) noexcept;

/// The first code point of the text, which must be valid UTF-8 and not empty.
[[nodiscard]] char32_t first_code_point(std::string_view text) noexcept;

/// The text in one line: is_control characters as \u{9b}, bytes that are not UTF-8 as \x9b.
[[nodiscard]] std::string printable(std::string_view text);

/// A control character as in JSON: \u009b.
[[nodiscard]] std::string json_escape(char32_t c);

}  // namespace taskward
