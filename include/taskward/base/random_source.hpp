// A source of random bytes, injected so that tests can choose them.
#pragma once

#include <cstdint>
#include <span>

namespace taskward {

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  /// Fills the span with unpredictable bytes. Throws std::runtime_error on failure.
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

}  // namespace taskward
