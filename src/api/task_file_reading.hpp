// Reading an imported file of tasks: JSON as written by an export, or CSV with a header line.
#pragma once

#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/task_import.hpp"
#include "taskward/http/request.hpp"

namespace taskward::api {

/// The valid tasks and the refused ones, each in the order of the file.
struct TaskFileContents {
  std::vector<domain::FileTask> tasks;
  std::vector<domain::RefusedTask> refused;
};

/// 413, 415, 400 malformed_json, or 422 if the whole file is refused because it has too many tasks or an
/// invalid CSV header line.
[[nodiscard]] Result<TaskFileContents> read_task_file(http::Request& request);

}  // namespace taskward::api
