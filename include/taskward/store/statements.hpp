// All statements of the service. A connection prepares them when it is opened, so that a statement that does
// not match the schema fails then, and refuses to run any other statement.
#pragma once

#include <span>

#include "taskward/db/statement.hpp"

namespace taskward::store {

[[nodiscard]] std::span<const db::Statement* const> every_statement();

}  // namespace taskward::store
