#include "taskward/base/rfc3339.hpp"

#include <cstdint>

#include "taskward/base/text.hpp"

namespace taskward {
namespace {

using namespace std::chrono;

/// Appends the number with leading zeros, and then the sign. A list of tasks has many times, for which
/// snprintf would take a tenth of a worker's time.
void put(std::string& text, std::int64_t number, int digits, char sign) {
  std::int64_t divisor = 1;
  for (int i = 1; i < digits; ++i) divisor *= 10;
  if (number < 0 || number >= 10 * divisor) {
    text += std::to_string(number);
  } else {
    for (; divisor > 0; divisor /= 10) text += static_cast<char>('0' + number / divisor % 10);
  }
  text += sign;
}

/// With 3 or 6 decimals.
std::string formatted(Timestamp moment, int decimals) {
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  std::string text;
  text.reserve(sizeof "9999-12-31T23:59:59.999999Z");
  put(text, static_cast<int>(date.year()), 4, '-');
  put(text, static_cast<unsigned>(date.month()), 2, '-');
  put(text, static_cast<unsigned>(date.day()), 2, 'T');
  put(text, time.hours().count(), 2, ':');
  put(text, time.minutes().count(), 2, ':');
  put(text, time.seconds().count(), 2, '.');
  put(text, time.subseconds().count() / (decimals == 3 ? 1000 : 1), decimals, 'Z');
  return text;
}

/// Consumes exactly `count` digits; -1 if there are fewer.
int digits(std::string_view& text, std::size_t count) noexcept {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

/// Consumes the character, in either case.
bool take(std::string_view& text, char c) noexcept {
  if (text.empty() || to_lower(text.front()) != to_lower(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// An optional fraction. Nothing for a point without digits.
std::optional<microseconds> fraction(std::string_view& text) noexcept {
  if (!take(text, '.')) return microseconds(0);
  int value = 0;
  std::size_t count = 0;
  for (; !text.empty() && is_digit(text.front()); ++count, text.remove_prefix(1)) {
    if (count < 6) value = value * 10 + (text.front() - '0');
  }
  if (count == 0) return std::nullopt;
  for (; count < 6; ++count) value *= 10;
  return microseconds(value);
}

/// "Z", or hours and minutes east of UTC.
std::optional<minutes> offset(std::string_view text) noexcept {
  if (take(text, 'Z')) return text.empty() ? std::optional(minutes(0)) : std::nullopt;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const int hour = digits(text, 2);
  const bool colon = take(text, ':');
  const int minute = digits(text, 2);
  if (hour < 0 || hour > 23 || !colon || minute < 0 || minute > 59 || !text.empty()) return std::nullopt;
  return minutes(sign * (hour * 60 + minute));
}

}  // namespace

std::string rfc3339(Timestamp moment) { return formatted(moment, 3); }

std::string rfc3339_precise(Timestamp moment) { return formatted(moment, 6); }

std::optional<Timestamp> parse_rfc3339_precise(std::string_view text) noexcept {
  const int year_number = digits(text, 4);
  if (year_number < 0 || !take(text, '-')) return std::nullopt;
  const int month_number = digits(text, 2);
  if (month_number < 0 || !take(text, '-')) return std::nullopt;
  const int day_number = digits(text, 2);
  if (day_number < 0 || !take(text, 'T')) return std::nullopt;
  const int hour = digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int minute = digits(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return std::nullopt;
  const int second = digits(text, 2);
  if (second < 0 || second > 60) return std::nullopt;
  const auto part = fraction(text);
  const auto east = offset(text);
  const year_month_day date{year(year_number), month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(day_number))};
  if (!part || !east || !date.ok()) return std::nullopt;
  const Timestamp moment = sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + *part - *east;
  constexpr sys_days first = year(1) / 1 / 1;
  constexpr sys_days end = year(10'000) / 1 / 1;
  if (moment < first || moment >= end) return std::nullopt;
  // Leap seconds occur only at the end of a day in UTC (RFC 3339, section 5.7).
  if (second == 60 && floor<days>(moment) != floor<seconds>(moment)) return std::nullopt;
  return moment;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept {
  const auto moment = parse_rfc3339_precise(text);
  return moment ? std::optional<Timestamp>(floor<milliseconds>(*moment)) : std::nullopt;
}

}  // namespace taskward
