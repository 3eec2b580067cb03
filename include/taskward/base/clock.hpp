// Time: one type for a moment, and a clock that is passed in.
#pragma once

#include <chrono>
#include <string>

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

/// RFC 3339 in UTC with milliseconds, such as 2026-01-31T23:59:59.123Z.
[[nodiscard]] std::string rfc3339(Timestamp moment);

}  // namespace taskward
