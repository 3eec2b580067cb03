#include "taskward/base/clock.hpp"

namespace taskward {

Timestamp SystemClock::now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace taskward
