#include "taskward/calendar/time_zones.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "taskward/base/text.hpp"
#include "taskward/calendar/values.hpp"

// libical is used for time zones only. Its parser knows no line numbers, holds the whole file in memory, and
// splits lists at the wrong commas after a backslash.

namespace taskward::calendar {
namespace {

// libical computes each repetition until some decades from now, which must not take long.
constexpr std::size_t kRulesMax = 4;
constexpr int kFirstYear = 1600;
constexpr std::size_t kObservancesMax = 100;

// libical keeps every zone that it has found in a list that it neither locks nor frees.
std::mutex libical_mutex;

/// One spelling for each zone of the system, and no path out of its folder.
bool is_zone_name(std::string_view name) noexcept {
  constexpr std::size_t longest = 64;
  if (name.empty() || name.size() > longest || name.front() == '/' || name.back() == '/' ||
      name.find("//") != std::string_view::npos) {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '+' || c == '/';
  });
}

bool is_offset(std::string_view value) noexcept {
  return (value.size() == 5 || value.size() == 7) && (value.front() == '+' || value.front() == '-') &&
         number_of(value.substr(1)).has_value();
}

bool is_local_time(std::string_view value) noexcept {
  const auto time = date_time_of(value);
  return time && !time->is_date && !time->is_utc && number_of(value.substr(0, 4)).value_or(0) >= kFirstYear;
}

/// Whether a recurrence rule repeats once a year: in one month, on one day of the week or of the month.
bool is_yearly_rule(std::string_view value) {
  bool is_yearly = false;
  bool has_month = false;
  for (const std::string_view part : split(value, ';')) {
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, equals);
    const std::string_view text = part.substr(std::min(equals + 1, part.size()));
    const auto has_only = [&](auto is_allowed) {
      return !text.empty() && text.size() <= 16 && std::all_of(text.begin(), text.end(), is_allowed);
    };
    if (name == "FREQ") {
      if (text != "YEARLY") return false;
      is_yearly = true;
    } else if (name == "INTERVAL") {
      if (text != "1") return false;
    } else if (name == "BYMONTH") {
      if (!number_of(text)) return false;
      has_month = true;
    } else if (name == "UNTIL") {
      if (!has_only([](char c) { return is_digit(c) || c == 'T' || c == 'Z'; })) return false;
    } else if (name == "BYDAY" || name == "WKST" || name == "BYMONTHDAY") {
      if (!has_only([](char c) { return is_digit(c) || is_alpha(c) || c == '-' || c == '+'; })) return false;
    } else {
      return false;
    }
  }
  return is_yearly && has_month;
}

/// A STANDARD or DAYLIGHT component with its checked properties only; nothing if one is not supported.
std::optional<std::string> checked(const Component& observance, std::size_t& rules) {
  std::string text = "BEGIN:" + observance.name + "\r\n";
  int required = 0;
  for (const Property& property : observance.properties) {
    const std::string& value = property.value;
    if (property.name == "DTSTART") {
      if (!is_local_time(value)) return std::nullopt;
      ++required;
    } else if (property.name == "TZOFFSETFROM" || property.name == "TZOFFSETTO") {
      if (!is_offset(value)) return std::nullopt;
      ++required;
    } else if (property.name == "RRULE") {
      if (++rules > kRulesMax || !is_yearly_rule(value)) return std::nullopt;
    } else if (property.name == "RDATE") {
      if (!is_local_time(value)) return std::nullopt;
    } else {
      continue;
    }
    text += property.name + ':' + value + "\r\n";
  }
  if (required != 3) return std::nullopt;
  return text + "END:" + observance.name + "\r\n";
}

/// The zone as text for libical; nothing if it is not supported.
std::optional<std::string> checked_zone(const Component& time_zone) {
  std::string text = "BEGIN:VTIMEZONE\r\nTZID:zone\r\n";
  std::size_t rules = 0;
  if (time_zone.components.empty() || time_zone.components.size() > kObservancesMax) return std::nullopt;
  for (const Component& observance : time_zone.components) {
    if (observance.name != "STANDARD" && observance.name != "DAYLIGHT") return std::nullopt;
    auto part = checked(observance, rules);
    if (!part) return std::nullopt;
    text += *part;
  }
  return text + "END:VTIMEZONE\r\n";
}

/// Seconds east of UTC.
std::chrono::seconds utc_offset(icaltimezone* zone, std::chrono::local_seconds time) {
  using namespace std::chrono;
  const auto midnight = floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{time - midnight};
  icaltimetype local = icaltime_null_time();
  local.year = static_cast<int>(date.year());
  local.month = static_cast<int>(static_cast<unsigned>(date.month()));
  local.day = static_cast<int>(static_cast<unsigned>(date.day()));
  local.hour = static_cast<int>(clock.hours().count());
  local.minute = static_cast<int>(clock.minutes().count());
  local.second = static_cast<int>(clock.seconds().count());
  int is_daylight = 0;
  return seconds(icaltimezone_get_utc_offset(zone, &local, &is_daylight));
}

}  // namespace

void TimeZones::Free::operator()(_icaltimezone* zone) const noexcept { icaltimezone_free(zone, 1); }

TimeZones::TimeZones() {
  // By default libical ends the process after some errors.
  icalerror_set_errors_are_fatal(0);
}

void TimeZones::define(const Component& time_zone) {
  const auto id = std::find_if(time_zone.properties.begin(), time_zone.properties.end(),
                               [](const Property& one) { return one.name == "TZID"; });
  if (id == time_zone.properties.end() || defined_.size() == kZonesMax) return;
  const auto text = checked_zone(time_zone);
  if (!text) return;
  icalcomponent* component = icalparser_parse_string(text->c_str());
  if (component == nullptr) return;
  std::unique_ptr<_icaltimezone, Free> zone(icaltimezone_new());
  // The zone takes ownership unless it refuses the component.
  if (icaltimezone_set_component(zone.get(), component) == 0)
    icalcomponent_free(component);
  else
    defined_.emplace(id->value, std::move(zone));
}

Moment TimeZones::moment(std::chrono::local_seconds time, std::string_view zone) const {
  const Timestamp as_utc(time.time_since_epoch());
  if (zone.empty()) return {as_utc, true};
  const std::scoped_lock lock(libical_mutex);
  icaltimezone* found =
      is_zone_name(zone) ? icaltimezone_get_builtin_timezone(std::string(zone).c_str()) : nullptr;
  if (found == nullptr) {
    const auto defined = defined_.find(zone);
    if (defined == defined_.end()) return {as_utc, true};
    found = defined->second.get();
  }
  return {as_utc - utc_offset(found, time), false};
}

}  // namespace taskward::calendar
