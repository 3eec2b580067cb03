// Time: one type for a moment, and a clock that is passed in.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

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
/// The same with microseconds: all that a Timestamp holds.
[[nodiscard]] std::string rfc3339_precise(Timestamp moment);

/// Reads a date-time of RFC 3339, section 5.6, with any offset, in the years 1 to 9999: letters in either
/// case, any number of decimals, of which those beyond milliseconds are dropped. A leap second is the
/// second after it. Nothing for any other text.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept;

}  // namespace taskward
