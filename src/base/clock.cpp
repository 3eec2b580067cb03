#include "taskward/base/clock.hpp"

namespace taskward {

std::int64_t Clock::next_tick() const {
  constexpr std::int64_t per_millisecond = 4096;
  constexpr std::int64_t tolerated = 10'000 * per_millisecond;
  const std::int64_t microseconds = now().time_since_epoch().count();
  const std::int64_t tick =
      microseconds / 1000 * per_millisecond + microseconds % 1000 * per_millisecond / 1000;
  std::int64_t last = last_tick_.load();
  std::int64_t next = tick;
  do {
    const bool is_set_back = last > tick && last - tick > tolerated;
    next = last < tick || is_set_back ? tick : last + 1;
  } while (!last_tick_.compare_exchange_weak(last, next));
  return next;
}

Timestamp SystemClock::now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace taskward
