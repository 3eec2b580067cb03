#include "taskward/calendar/values.hpp"

#include <algorithm>
#include <utility>

#include "taskward/base/text.hpp"

namespace taskward::calendar {
namespace {

/// The texts of a list, or the only text of a value in which commas have no meaning.
std::vector<std::string> unescaped(std::string_view value, bool is_list) {
  std::vector<std::string> texts(1);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char next = value[i] == '\\' && i + 1 < value.size() ? value[i + 1] : '\0';
    if (next == 'n' || next == 'N') {
      texts.back() += '\n';
      ++i;
    } else if (next == '\\' || next == ',' || next == ';') {
      texts.back() += next;
      ++i;
    } else if (is_list && value[i] == ',') {
      texts.emplace_back();
    } else {
      texts.back() += value[i];
    }
  }
  return texts;
}

}  // namespace

std::string text_of(std::string_view value) { return std::move(unescaped(value, false).front()); }

std::vector<std::string> texts_of(std::string_view value) {
  std::vector<std::string> texts = unescaped(value, true);
  std::erase(texts, std::string());
  return texts;
}

std::optional<int> number_of(std::string_view value) noexcept {
  if (value.empty() || value.size() > 9 || !std::all_of(value.begin(), value.end(), is_digit))
    return std::nullopt;
  int number = 0;
  for (const char c : value) number = number * 10 + (c - '0');
  return number;
}

std::optional<DateTime> date_time_of(std::string_view value) noexcept {
  using namespace std::chrono;
  DateTime read;
  read.is_utc = value.ends_with('Z');
  if (read.is_utc) value.remove_suffix(1);
  read.is_date = value.size() == 8;
  if (!read.is_date && (value.size() != 15 || value[8] != 'T')) return std::nullopt;
  if (read.is_date && read.is_utc) return std::nullopt;
  const auto day_part = number_of(value.substr(0, 8));
  const auto time_part = read.is_date ? std::optional(0) : number_of(value.substr(9));
  if (!day_part || !time_part) return std::nullopt;
  const year_month_day date{year(*day_part / 10'000), month(static_cast<unsigned>(*day_part / 100 % 100)),
                            day(static_cast<unsigned>(*day_part % 100))};
  const int hour = *time_part / 10'000;
  const int minute = *time_part / 100 % 100;
  const int second = *time_part % 100;
  // 60 is a leap second.
  if (!date.ok() || date.year() < year(1) || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  read.time = local_days(date) + hours(hour) + minutes(minute) + seconds(second);
  return read;
}

}  // namespace taskward::calendar
