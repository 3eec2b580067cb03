// A random source that is not random.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "taskward/base/random_source.hpp"

namespace taskward::testing {

/// Fills with the same byte.
class ConstantRandom final : public RandomSource {
 public:
  explicit ConstantRandom(std::uint8_t value) : value_(value) {}
  void fill(std::span<std::uint8_t> bytes) override { std::fill(bytes.begin(), bytes.end(), value_); }

 private:
  std::uint8_t value_;
};

}  // namespace taskward::testing
