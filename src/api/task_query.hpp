// The query of GET /tasks.
#pragma once

#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/model/task.hpp"

namespace taskward::api {

/// 400 bad_request when it cannot be decoded, 422 with every parameter at fault.
[[nodiscard]] Result<model::TaskQuery> read_task_query(std::string_view query);

}  // namespace taskward::api
