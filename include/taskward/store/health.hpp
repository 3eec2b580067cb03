// Is the database reachable and its schema one we know?
#pragma once

#include "taskward/db/connection.hpp"

namespace taskward::store {

/// Throws what the connection throws. False when the schema has moved to one we cannot work with.
[[nodiscard]] bool schema_is_current(db::Connection& database);

}  // namespace taskward::store
