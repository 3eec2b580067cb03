// The schema version: migration files, applied migrations, and whether they agree.
//
// A migration is sql/migrations/NNNN_name.sql: plain SQL, run in one transaction, never changed once applied.
// Its comments may state more:
//   -- locks: TABLE, …      these are locked first, so that the others have no wait while some are locked
//   -- step                 what follows, up to the next, is a transaction of its own, or one statement that
//                           works concurrently
//   -- step for each row    a query whose rows are such statements
// A migration with steps is repeated from its beginning after an interruption, so each must allow that.
// The file SHA256SUMS in the same directory detects damaged files; the database stores the checksums of
// applied migrations. The first line of a migration states the oldest schema version whose workers can run on
// it.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::store {

/// The newest migration when this program was built.
[[nodiscard]] int known_schema_version() noexcept;

struct Migration {
  int version = 0;
  std::string name;      ///< the file's name
  std::string checksum;  ///< SHA-256, hexadecimal
  int compatible_with = 0;
  std::string sql;
};

struct AppliedMigration {
  int version = 0;
  std::string name;
  std::string checksum;
  int compatible_with = 0;
  Timestamp applied_at;
};

/// Migrations are damaged, missing, out of order or different from the applied ones. Nothing was changed. The
/// text names the file and what to do.
class BadMigrations : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The database's schema is incompatible with this program.
class WrongSchema : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads and checks all migrations in `directory`. Throws BadMigrations.
[[nodiscard]] std::vector<Migration> read_migrations(const std::string& directory);

/// The applied migrations, oldest first; empty for a new database.
[[nodiscard]] std::vector<AppliedMigration> applied_migrations(db::Connection& connection);

/// Throws BadMigrations when an applied migration is missing from the files or has been edited since, or when
/// one that is not applied is older than one that is.
void check_agreement(const std::vector<Migration>& files, const std::vector<AppliedMigration>& applied);

/// Applies the missing migrations and returns them. Concurrent calls wait for each other. A transaction that
/// waits for a lock of a request gives up after 300 ms, so that other requests do not wait longer, and is
/// repeated; NotLocked after 2 minutes. Requires the owner's role, and a session of its own. `begin` is
/// called before each migration.
std::vector<Migration> migrate(db::Connection& connection, const std::vector<Migration>& files,
                               const std::function<void(const Migration&)>& begin = {});

/// Throws WrongSchema unless the database's schema version is the known one, or a newer one that is
/// compatible with it.
void check_schema(db::Connection& connection);

}  // namespace taskward::store
