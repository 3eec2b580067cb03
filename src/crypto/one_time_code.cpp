#include "taskward/crypto/one_time_code.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

namespace taskward::crypto {

Secret random_digits(RandomSource& random, int digits) {
  if (digits < 1 || digits > 9) throw std::logic_error("a code has 1 to 9 digits");
  std::uint32_t codes = 1;
  for (int i = 0; i < digits; ++i) codes *= 10;
  // 2^32 is not a multiple of the number of codes; values beyond the largest multiple are rejected.
  const std::uint64_t fair = (std::uint64_t{1} << 32U) / codes * codes;
  std::uint32_t drawn = 0;
  do {
    std::array<std::uint8_t, 4> bytes{};
    random.fill(bytes);
    std::memcpy(&drawn, bytes.data(), bytes.size());
  } while (drawn >= fair);
  std::string text(static_cast<std::size_t>(digits), '0');
  std::uint32_t rest = drawn % codes;
  for (std::size_t i = text.size(); i-- > 0; rest /= 10) text[i] = static_cast<char>('0' + rest % 10);
  return Secret::take(text);
}

}  // namespace taskward::crypto
