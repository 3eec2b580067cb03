// Reading tasks from the to-dos (VTODO) of calendars (iCalendar, RFC 5545).
#pragma once

#include <string_view>

#include "task_file_collector.hpp"

namespace taskward::api {

/// 422 if the text is not a calendar or has too many tasks.
[[nodiscard]] Result<Done> read_calendar_tasks(std::string_view text, TaskFileCollector& into);

}  // namespace taskward::api
