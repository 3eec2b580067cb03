// Dates and times without an offset from UTC.
#pragma once

#include <optional>
#include <string_view>

#include "taskward/calendar/time_zones.hpp"

namespace taskward::api {

/// An ISO 8601 date, or a date and time with or without seconds and an offset, such as 2026-01-31 18:00. A
/// date is the beginning of the day in UTC. Nothing for another text.
[[nodiscard]] std::optional<calendar::Moment> iso_moment(std::string_view text, std::string_view zone,
                                                         const calendar::TimeZones& zones);

}  // namespace taskward::api
