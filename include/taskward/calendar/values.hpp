// Values of properties (RFC 5545, section 3.3).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskward::calendar {

/// A TEXT without escapes. A backslash that begins no escape is kept.
[[nodiscard]] std::string text_of(std::string_view value);
/// The texts of a comma-separated list, without the empty ones.
[[nodiscard]] std::vector<std::string> texts_of(std::string_view value);

/// A DATE or DATE-TIME. A DATE is the beginning of the day.
struct DateTime {
  std::chrono::local_seconds time;
  bool is_date = false;
  bool is_utc = false;
};
/// Nothing if the value is neither, or the year is 0.
[[nodiscard]] std::optional<DateTime> date_time_of(std::string_view value) noexcept;

/// A whole number of at most 9 digits without a sign.
[[nodiscard]] std::optional<int> number_of(std::string_view value) noexcept;

}  // namespace taskward::calendar
