// All statements of the service, for a test that prepares each.
#pragma once

#include <span>
#include <vector>

#include "taskward/db/statement.hpp"

namespace taskward::store {

[[nodiscard]] std::span<const db::Statement* const> every_statement();

/// Those of a caller, in the form for personal access tokens.
[[nodiscard]] std::vector<db::Statement> every_statement_by_token();

}  // namespace taskward::store
