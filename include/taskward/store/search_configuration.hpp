// Which of PostgreSQL's text search configurations tasks are searched by. The database says so; the setting
// SEARCH_CONFIGURATION is what `taskward migrate` brings it to.
#pragma once

#include <functional>
#include <string>

#include "taskward/base/ids.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::store {

/// What the database has, by its name without a schema. The database's schema is the current one.
[[nodiscard]] std::string search_configuration(db::Connection& connection);

/// Brings the database to that one, and says whether it had another: then every task's words are made anew,
/// in one transaction that lets nobody else at the tasks meanwhile, with a record under the id;
/// `before_change` is called before that.
/// Needs the owner's role. Throws BadMigrations when the owner sees no configuration of that name, which is
/// made of lower-case letters, digits and underscores.
bool set_search_configuration(db::Connection& connection, const std::string& name, const AuditId& record,
                              const std::function<void()>& before_change = {});

}  // namespace taskward::store
