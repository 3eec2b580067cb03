// OpenSSL's cryptographic random number generator.
#pragma once

#include "taskward/base/random_source.hpp"

namespace taskward::crypto {

class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace taskward::crypto
