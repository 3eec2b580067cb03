#include "taskward/crypto/recovery_code.hpp"

#include <array>
#include <cstdint>
#include <string>

#include "taskward/base/text.hpp"

namespace taskward::crypto {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kGroup = 4;

char without_alias(char upper_case) {
  switch (upper_case) {
    case 'O':
      return '0';
    case 'I':
    case 'L':
      return '1';
    default:
      return upper_case;
  }
}

}  // namespace

Secret new_recovery_code(RandomSource& random) {
  std::array<std::uint8_t, kRecoveryCodeCharacters> bytes{};
  random.fill(bytes);
  std::string code;
  code.reserve(kRecoveryCodeCharacters + kRecoveryCodeCharacters / kGroup - 1);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % kGroup == 0) code += '-';
    // 256 is a multiple of 32, so no character is more likely than another.
    code += kAlphabet[bytes[i] % kAlphabet.size()];
  }
  wipe(bytes.data(), bytes.size());
  return Secret::take(code);
}

std::optional<Secret> normalized_recovery_code(std::string_view text) {
  std::string code;
  code.reserve(kRecoveryCodeCharacters);
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const char plain = without_alias(to_upper(c));
    if (code.size() == kRecoveryCodeCharacters || kAlphabet.find(plain) == std::string_view::npos) {
      wipe(code);
      return std::nullopt;
    }
    code += plain;
  }
  const bool is_whole = code.size() == kRecoveryCodeCharacters;
  Secret normalized = Secret::take(code);
  if (!is_whole) return std::nullopt;
  return normalized;
}

}  // namespace taskward::crypto
