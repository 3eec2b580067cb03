// A random source of ascending bytes: predictable, and different in every call.
#pragma once

#include <cstdint>
#include <span>

#include "taskward/base/random_source.hpp"

namespace taskward::testing {

class CountingRandom final : public RandomSource {
 public:
  CountingRandom() = default;
  explicit CountingRandom(std::uint8_t first) : next_(first) {}

  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

}  // namespace taskward::testing
