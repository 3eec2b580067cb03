// Reading tasks from CSV: with the columns of an export, or as Todoist writes it (todoist_reading.hpp).
#pragma once

#include <string>

#include "task_file_collector.hpp"

namespace taskward::api {

/// 422 if the header line is invalid or the file has too many tasks.
[[nodiscard]] Result<Done> read_csv_tasks(std::string&& text, TaskFileCollector& into);

}  // namespace taskward::api
