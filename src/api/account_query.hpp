// The query of GET /admin/users.
#pragma once

#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/domain/administration.hpp"

namespace taskward::api {

/// 400 bad_request when it cannot be decoded, 422 with every parameter at fault.
[[nodiscard]] Result<domain::AccountQuery> read_account_query(std::string_view query);

}  // namespace taskward::api
