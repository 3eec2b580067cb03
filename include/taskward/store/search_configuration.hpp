// Which of PostgreSQL's text search configurations tasks are searched by. The database says so; the setting
// SEARCH_CONFIGURATION is what `taskward migrate` brings it to.
#pragma once

#include <string>

#include "taskward/db/connection.hpp"

namespace taskward::store {

/// What the database has. The schema is the current one.
[[nodiscard]] std::string search_configuration(db::Connection& connection);

/// Brings the database to that one, and says whether it had another: then every task's words are made anew,
/// in one transaction that lets nobody else at the tasks meanwhile. Needs the owner's role. Throws
/// BadMigrations when the database has no configuration of that name, which is made of lower-case letters,
/// digits and underscores.
bool set_search_configuration(db::Connection& connection, const std::string& name);

}  // namespace taskward::store
