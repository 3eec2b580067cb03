// ASCII text utilities.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace taskward {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_alpha(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Lower-cases ASCII letters, independent of the locale.
[[nodiscard]] std::string lower(std::string_view text);
/// Upper-cases ASCII letters.
[[nodiscard]] std::string upper(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;
/// Without leading and trailing spaces and tabs.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
/// The trimmed, non-empty pieces between separators.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// Concatenates the pieces, with the separator between them.
template <class Pieces>
[[nodiscard]] std::string joined(const Pieces& pieces, std::string_view separator) {
  std::string out;
  for (const auto& piece : pieces) {
    if (!out.empty()) out += separator;
    out += piece;
  }
  return out;
}

}  // namespace taskward
