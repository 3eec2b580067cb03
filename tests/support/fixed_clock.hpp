// A clock that advances only when a test sets it.
#pragma once

#include <chrono>

#include "taskward/base/clock.hpp"

namespace taskward::testing {

class FixedClock final : public Clock {
 public:
  FixedClock() = default;
  explicit FixedClock(Timestamp moment) : moment_(moment) {}

  [[nodiscard]] Timestamp now() const override { return moment_; }
  void set(Timestamp moment) { moment_ = moment; }
  void advance(std::chrono::microseconds by) { moment_ += by; }

 private:
  Timestamp moment_ = std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + std::chrono::hours(12);
};

}  // namespace taskward::testing
