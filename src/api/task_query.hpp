// The query of GET /tasks.
#pragma once

#include <string_view>
#include <vector>

#include "taskward/api/schema.hpp"
#include "taskward/base/result.hpp"
#include "taskward/domain/tasks.hpp"

namespace taskward::api {

/// 400 bad_request if the query is malformed, 422 with the faults of all parameters.
[[nodiscard]] Result<domain::TaskQuery> read_task_query(std::string_view query);

[[nodiscard]] std::vector<ParameterFacts> task_query_facts();

}  // namespace taskward::api
