// Reading an imported file of tasks: JSON, CSV with a header line, or a calendar.
#pragma once

#include "taskward/base/result.hpp"
#include "taskward/domain/task_import.hpp"
#include "taskward/http/request.hpp"

namespace taskward::api {

/// 413, 415, 400 malformed_json, or 422 if the whole file is refused because it has too many tasks, an
/// invalid CSV header line, or is no calendar.
[[nodiscard]] Result<domain::ImportedFile> read_task_file(http::Request& request);

}  // namespace taskward::api
