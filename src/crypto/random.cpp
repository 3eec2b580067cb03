#include "taskward/crypto/random.hpp"

#include <openssl/rand.h>

#include <stdexcept>

namespace taskward::crypto {

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("RAND_bytes failed");
  }
}

}  // namespace taskward::crypto
