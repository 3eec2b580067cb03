#include "taskward/base/printable.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "taskward/base/utf8.hpp"

namespace taskward {
namespace {

std::string hex(char32_t value) {
  std::array<char, 8> digits{};
  return {digits.data(),
          std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<unsigned>(value), 16).ptr};
}

}  // namespace

bool is_c0_or_c1(char32_t c) noexcept { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

bool is_control(char32_t c) noexcept {
  return is_c0_or_c1(c) || c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

char32_t first_code_point(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = code_point_length(text);
  if (length <= 1) return byte(0);
  // RFC 3629, section 3.
  char32_t out = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) out = (out << 6U) | (byte(i) & 0x3FU);
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = code_point_length(text);
    const std::string_view piece = text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0)
      out += "\\x" + hex(static_cast<unsigned char>(piece.front()));
    else if (const char32_t c = first_code_point(piece); is_control(c))
      out += "\\u{" + hex(c) + '}';
    else
      out += piece;
    text.remove_prefix(piece.size());
  }
  return out;
}

std::string json_escape(char32_t c) {
  const std::string digits = hex(c);
  return "\\u" + std::string(4 - std::min<std::size_t>(digits.size(), 4), '0') + digits;
}

}  // namespace taskward
