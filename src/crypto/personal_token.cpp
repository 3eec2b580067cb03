#include "taskward/crypto/personal_token.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "taskward/crypto/crc32.hpp"

namespace taskward::crypto {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kRandomDigits = 43;  // 62^43 is the first power of 62 above 2^256
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kChecksumDigits = 6;
static_assert(kPersonalTokenPrefix.size() + kRandomDigits + kChecksumDigits == kPersonalTokenBytes);

/// A big-endian number in base 62, which becomes zero.
std::string take_base62(std::span<std::uint8_t> number, std::size_t digits) {
  std::string out(digits, kAlphabet.front());
  for (std::size_t i = digits; i-- > 0;) {
    unsigned rest = 0;
    for (std::uint8_t& byte : number) {
      const unsigned value = rest * 256 + byte;
      byte = static_cast<std::uint8_t>(value / kAlphabet.size());
      rest = static_cast<unsigned>(value % kAlphabet.size());
    }
    out[i] = kAlphabet[rest];
  }
  return out;
}

/// Whether these are digits of a number below 2^256.
bool fits_256_bits(std::string_view digits) {
  std::array<std::uint8_t, kRandomBytes> number{};
  for (const char c : digits) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return false;
    auto carry = static_cast<unsigned>(digit);
    for (std::size_t i = number.size(); i-- > 0;) {
      carry += number[i] * static_cast<unsigned>(kAlphabet.size());
      number[i] = static_cast<std::uint8_t>(carry % 256);
      carry /= 256;
    }
    if (carry != 0) return false;
  }
  return true;
}

std::string checksum(std::string_view text) {
  const std::uint32_t crc = crc32(text);
  std::array<std::uint8_t, kChecksumBytes> number{};
  for (std::size_t i = 0; i < number.size(); ++i)
    number[i] = static_cast<std::uint8_t>((crc >> (24 - 8 * i)) & 255U);
  return take_base62(number, kChecksumDigits);
}

}  // namespace

Secret new_personal_token(RandomSource& random) {
  std::array<std::uint8_t, kRandomBytes> number{};
  random.fill(number);
  std::string digits = take_base62(number, kRandomDigits);
  std::string token;
  token.reserve(kPersonalTokenBytes);
  token += kPersonalTokenPrefix;
  token += digits;
  token += checksum(token);
  wipe(digits);
  return Secret::take(token);
}

bool is_personal_token(std::string_view text) {
  if (text.size() != kPersonalTokenBytes || !text.starts_with(kPersonalTokenPrefix)) return false;
  const std::string_view checked = text.substr(0, kPersonalTokenBytes - kChecksumDigits);
  return fits_256_bits(checked.substr(kPersonalTokenPrefix.size())) &&
         text.substr(checked.size()) == checksum(checked);
}

}  // namespace taskward::crypto
