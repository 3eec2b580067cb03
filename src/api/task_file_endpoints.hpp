// Handlers of the export and import of tasks.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> export_tasks(const Call& call, const ReadTasks& access);
[[nodiscard]] Result<http::Response> import_tasks(const Call& call, const WriteTasks& access);

[[nodiscard]] Operations task_file_operations();

}  // namespace taskward::api
