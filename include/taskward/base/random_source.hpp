// Where random bytes come from. Passed in, so that a test can choose them.
#pragma once

#include <cstdint>
#include <span>

namespace taskward {

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  /// Fills the span with unpredictable bytes. Throws when the system has none to give.
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

}  // namespace taskward
