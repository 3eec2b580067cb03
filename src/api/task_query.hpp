// The query of GET /tasks.
#pragma once

#include <string>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/domain/tasks.hpp"

namespace taskward::api {

/// 400 bad_request when it cannot be decoded, 422 with every parameter at fault.
[[nodiscard]] Result<domain::TaskQuery> read_task_query(std::string_view query);

/// The same query, which can be decoded, for the page at that cursor.
[[nodiscard]] std::string next_page_query(std::string_view query, std::string_view cursor);

}  // namespace taskward::api
