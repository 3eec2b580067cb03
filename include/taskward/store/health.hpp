// The readiness check of the database.
#pragma once

#include "taskward/db/connection.hpp"

namespace taskward::store {

/// Whether the schema is compatible with this program. Throws what the connection throws.
[[nodiscard]] bool schema_is_current(db::Connection& database);

/// Writes a row and rolls it back. Throws what the connection throws.
void probe_writes(db::Connection& database);

}  // namespace taskward::store
