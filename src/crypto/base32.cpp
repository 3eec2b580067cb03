#include "taskward/crypto/base32.hpp"

#include <cstdint>

#include "taskward/base/secret.hpp"
#include "taskward/base/text.hpp"

namespace taskward::crypto {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

}  // namespace

std::string base32(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 5) {
      held -= 5;
      out += kAlphabet[(bits >> held) & 31U];
    }
  }
  if (held > 0) out += kAlphabet[(bits << (5 - held)) & 31U];
  return out;
}

std::optional<std::string> from_base32(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 5 / 8);
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t letters = 0;
  std::size_t padding = 0;
  const auto refused = [&]() -> std::optional<std::string> {
    wipe(out);
    return std::nullopt;
  };
  for (const char c : text) {
    if (c == ' ') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::size_t value = kAlphabet.find(to_upper(c));
    if (value == std::string_view::npos || padding > 0) return refused();
    ++letters;
    bits = (bits << 5U) | static_cast<std::uint32_t>(value);
    held += 5;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>((bits >> held) & 255U);
    }
  }
  // Five or more bits are left over if the last letter adds nothing to the bytes.
  if (held >= 5) return refused();
  if (padding > 0 && (padding > 6 || (letters + padding) % 8 != 0)) return refused();
  return out;
}

}  // namespace taskward::crypto
