// Timestamps, and a clock that is injected.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

namespace taskward {

/// UTC, in microseconds since 1970-01-01: the resolution of PostgreSQL's timestamptz.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
  /// By the clock of this host, for moments that another of its processes has noted.
  [[nodiscard]] virtual Timestamp host_time() const { return now(); }

  /// The time in units of 1/4096 ms since 1970, for ids: later than every tick before, unless the clock was
  /// set back by more than ten seconds. Thread-safe.
  [[nodiscard]] std::int64_t next_tick() const;

 private:
  mutable std::atomic<std::int64_t> last_tick_ = std::numeric_limits<std::int64_t>::min();
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
};

}  // namespace taskward
