// Building and inspecting text in tests.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "taskward/base/text.hpp"

namespace taskward::testing {

/// `count` copies of `piece`, with `separator` between them.
[[nodiscard]] inline std::string repeat(std::size_t count, std::string_view piece,
                                        std::string_view separator = "") {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) out += separator;
    out += piece;
  }
  return out;
}

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The text with one bit inverted; bit 0 is the least significant bit of the first byte.
[[nodiscard]] inline std::string with_bit_flipped(std::string text, std::size_t bit) {
  text.at(bit / 8) = static_cast<char>(text.at(bit / 8) ^ (1 << (bit % 8)));
  return text;
}

/// Applies the UTF-8 encoding to any number below 2^21, including surrogates and numbers above U+10FFFF.
[[nodiscard]] inline std::string utf8_of(unsigned point) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | ((point >> shift) & 0x3fU)); };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xC0U | (point >> 6U)), tail(0)};
  if (point < 0x10000) return {static_cast<char>(0xE0U | (point >> 12U)), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | (point >> 18U)), tail(12), tail(6), tail(0)};
}

/// %XX (RFC 3986, 2.1).
[[nodiscard]] inline std::string percent_escaped(unsigned char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {'%', digits[byte / 16U], digits[byte % 16U]};
}

/// Whether the character may appear in an encoded query: unreserved (RFC 3986, 2.3), '%', '=' or '&'.
[[nodiscard]] inline bool is_query_character(char c) {
  return is_alpha(c) || is_digit(c) || contains("-._~%=&", std::string_view(&c, 1));
}

}  // namespace taskward::testing
