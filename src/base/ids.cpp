#include "taskward/base/ids.hpp"

namespace taskward {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

constexpr bool is_dash_position(std::size_t i) noexcept { return i == 8 || i == 13 || i == 18 || i == 23; }

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::array<char, 36> Uuid::characters() const noexcept {
  std::array<char, 36> out;  // NOLINT: filled below
  out.fill('-');
  std::size_t at = 0;
  for (const std::uint8_t byte : bytes) {
    if (is_dash_position(at)) ++at;
    out[at++] = kHex[byte >> 4U];
    out[at++] = kHex[byte & 15U];
  }
  return out;
}

std::string Uuid::text() const {
  const auto all = characters();
  return {all.data(), all.size()};
}

std::optional<Uuid> Uuid::parse(std::string_view text) noexcept {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t digit = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash_position(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    auto& byte = uuid.bytes[digit / 2];
    byte = static_cast<std::uint8_t>(byte * 16U + static_cast<unsigned>(value));
    ++digit;
  }
  return uuid;
}

Uuid make_uuid_v7(const Clock& clock, RandomSource& random) {
  Uuid uuid;
  random.fill(uuid.bytes);
  const auto tick = static_cast<std::uint64_t>(clock.next_tick());
  for (std::size_t i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(tick >> (52 - 8 * i));
  uuid.bytes[6] = static_cast<std::uint8_t>(0x70U | ((tick >> 8U) & 0x0fU));  // version 7
  uuid.bytes[7] = static_cast<std::uint8_t>(tick);
  uuid.bytes[8] = static_cast<std::uint8_t>(0x80U | (uuid.bytes[8] & 0x3fU));  // variant of RFC 9562
  return uuid;
}

}  // namespace taskward
