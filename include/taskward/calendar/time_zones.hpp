// Local times in time zones: those of the system's database by name, and those that a calendar defines.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/calendar/calendar_file.hpp"

struct _icaltimezone;

namespace taskward::calendar {

/// The maximum number of time zones that are taken from one calendar file.
inline constexpr std::size_t kZonesMax = 10;

struct Moment {
  Timestamp at;
  bool is_assumed_utc = false;  ///< whether the time zone is not known
};

class TimeZones {
 public:
  TimeZones();

  /// Adds the zone of a VTIMEZONE, unless its rules are invalid or are not such as repeat once a year, or
  /// there are kZonesMax already. A zone of the system with the same name is preferred.
  void define(const Component& time_zone);

  /// Takes the time as UTC if the zone is empty or unknown.
  [[nodiscard]] Moment moment(std::chrono::local_seconds time, std::string_view zone) const;

 private:
  struct Free {
    void operator()(_icaltimezone* zone) const noexcept;
  };
  std::map<std::string, std::unique_ptr<_icaltimezone, Free>, std::less<>> defined_;
};

}  // namespace taskward::calendar
