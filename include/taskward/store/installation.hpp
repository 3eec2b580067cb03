// The state of the database and of its two roles, for `taskward doctor` and `taskward status`.
//
// Every function throws what the connection throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::store {

/// Rights, such as "delete on audit" or "createdb", sorted.
struct RoleRights {
  std::string role;
  bool is_superuser = false;  ///< then the others are empty
  std::vector<std::string> missing;
  std::vector<std::string> excessive;
};

/// Compares the rights of the connection's role with those that the migrations grant to the service, and with
/// the attributes in sql/roles.sql. Requires the known schema.
[[nodiscard]] RoleRights service_rights(db::Connection& database);
/// The same for the role that owns the tables.
[[nodiscard]] RoleRights owner_rights(db::Connection& database);
/// Whether the role has the limits that sql/roles.sql sets.
[[nodiscard]] bool has_role_limits(db::Connection& database);

/// The clock of the database.
[[nodiscard]] Timestamp database_time(db::Connection& database);
/// Whether records are in the default partition of the audit record. Requires the owner's role.
[[nodiscard]] bool has_unfiled_audit(db::Connection& database);
/// When the mail that waits longest was queued.
[[nodiscard]] std::optional<Timestamp> oldest_waiting_mail(db::Connection& database);
/// The data directory of the server, if the role may see it.
[[nodiscard]] std::optional<std::string> data_directory(db::Connection& database);

struct DatabaseLoad {
  std::int64_t connections = 0;       ///< of all programs to this database
  std::int64_t active = 0;            ///< of those of this role, how many run a statement
  std::int64_t most_connections = 0;  ///< max_connections, of the whole server
  std::int64_t locks_waited_for = 0;
  std::int64_t bytes = 0;
  bool is_standby = false;
};
/// Throws db::Unavailable when it takes longer than the limit.
[[nodiscard]] DatabaseLoad read_database_load(db::Connection& database, std::chrono::milliseconds limit);

}  // namespace taskward::store
