// Every statement of the service. A connection prepares all of them when it opens, so that one the
// schema does not fit fails then, and refuses to run any other.
#pragma once

#include <span>

#include "taskward/db/statement.hpp"

namespace taskward::store {

[[nodiscard]] std::span<const db::Statement* const> every_statement();

}  // namespace taskward::store
