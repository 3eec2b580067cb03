// The PostgreSQL text search configuration for searching tasks. It is stored in the database; `taskward
// migrate` sets it to SEARCH_CONFIGURATION.
#pragma once

#include <functional>
#include <string>

#include "taskward/base/ids.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::store {

/// The current one, by its unqualified name. All migrations must have been applied.
[[nodiscard]] std::string search_configuration(db::Connection& connection);

/// Sets the configuration, and returns whether it was different. If so, the search words of all indexed tasks
/// are computed again, in one transaction that locks taskward.task_index for writers, and the change is
/// recorded under the id; `before_change` is called first. `name` consists of lower-case letters, digits and
/// underscores. Requires the owner's role. Throws BadMigrations when no configuration of that name is visible
/// to the owner.
bool set_search_configuration(db::Connection& connection, const std::string& name, const AuditId& record,
                              const std::function<void()>& before_change = {});

}  // namespace taskward::store
