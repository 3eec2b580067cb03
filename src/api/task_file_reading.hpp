// Reading a file of tasks: JSON as an export has it, or CSV with a line of names first.
#pragma once

#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/task_import.hpp"
#include "taskward/http/request.hpp"

namespace taskward::api {

/// The tasks that are as they must be, and the rest, each in the order of the file.
struct TaskFileContents {
  std::vector<domain::FileTask> tasks;
  std::vector<domain::RefusedTask> refused;
};

/// 413, 415, 400 malformed_json, or 422 when the file as a whole is at fault: it has too many tasks, or its
/// first line of CSV is not one of names. Nothing of it can be taken then.
[[nodiscard]] Result<TaskFileContents> read_task_file(http::Request& request);

}  // namespace taskward::api
