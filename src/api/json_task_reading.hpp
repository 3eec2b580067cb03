// Reading tasks from JSON: as an export writes it, or as Vikunja does (vikunja_reading.hpp).
#pragma once

#include <string_view>

#include "task_file_collector.hpp"

namespace taskward::api {

/// 400 malformed_json, or 422 if the root is another value or the file has too many tasks.
[[nodiscard]] Result<Done> read_json_tasks(std::string_view text, TaskFileCollector& into);

}  // namespace taskward::api
