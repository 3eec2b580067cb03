// Time: one type for a moment, and a clock that is passed in.
#pragma once

#include <chrono>

namespace taskward {

/// A moment in UTC, in microseconds since 1970-01-01 (what PostgreSQL's timestamptz can hold).
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
};

/// The system's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
};

}  // namespace taskward
