#include "taskward/base/rfc3339.hpp"

#include <charconv>
#include <cstdint>

#include "taskward/base/text.hpp"

namespace taskward {
namespace {

using namespace std::chrono;

/// Writes the number with leading zeros, and then the sign; returns the end. A list of tasks has many times,
/// for which snprintf would take a tenth of a worker's time.
template <int Digits>
char* put(char* at, std::int64_t number, char sign) {
  // A year of five digits is the only one that may not fit.
  constexpr auto limit = Digits == 4 ? 10'000U : 1'000'000U;
  auto rest = static_cast<std::uint32_t>(number);
  if (number < 0 || rest >= limit) {
    at = std::to_chars(at, at + 8, number).ptr;
  } else {
    for (int i = Digits; i-- > 0; rest /= 10) at[i] = static_cast<char>('0' + rest % 10);
    at += Digits;
  }
  *at++ = sign;
  return at;
}

}  // namespace

Rfc3339Text::Rfc3339Text(Timestamp moment, Rfc3339Decimals decimals) {
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  char* at = characters_.data();
  at = put<4>(at, static_cast<int>(date.year()), '-');
  at = put<2>(at, static_cast<unsigned>(date.month()), '-');
  at = put<2>(at, static_cast<unsigned>(date.day()), 'T');
  at = put<2>(at, time.hours().count(), ':');
  at = put<2>(at, time.minutes().count(), ':');
  at = put<2>(at, time.seconds().count(), '.');
  const std::int64_t part = time.subseconds().count();
  at = decimals == Rfc3339Decimals::three ? put<3>(at, part / 1000, 'Z') : put<6>(at, part, 'Z');
  size_ = static_cast<std::size_t>(at - characters_.data());
}

namespace {

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

std::string rfc3339(Timestamp moment) {
  return std::string(Rfc3339Text(moment, Rfc3339Decimals::three).view());
}

std::string rfc3339_precise(Timestamp moment) {
  return std::string(Rfc3339Text(moment, Rfc3339Decimals::six).view());
}

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
