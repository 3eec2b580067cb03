#include "taskward/crypto/crc32.hpp"

namespace taskward::crypto {

std::uint32_t crc32(std::string_view bytes) noexcept {
  constexpr std::uint32_t polynomial = 0xEDB88320U;  // bits reversed
  std::uint32_t rest = ~0U;
  for (const char c : bytes) {
    rest ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? polynomial : 0U);
  }
  return ~rest;
}

}  // namespace taskward::crypto
