// The schema's version: migrations on disk, those the database has had, and whether they agree.
//
// A migration is sql/migrations/NNNN_name.sql: plain SQL, one transaction, never changed once
// applied. SHA256SUMS beside them tells a damaged file from a whole one; the database keeps the
// checksum of each it has had. The first line names the oldest schema whose workers can run on it.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::store {

/// The newest migration when this program was built: the schema its statements are written for.
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

/// Migrations that are damaged, missing, out of order or not those the database has had. Nothing was
/// changed. The text names the file and what to do.
class BadMigrations : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The schema is not one this program can work with.
class WrongSchema : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads and checks all of `directory`. Throws BadMigrations.
[[nodiscard]] std::vector<Migration> read_migrations(const std::string& directory);

/// What the database has had, oldest first; empty for a new one.
[[nodiscard]] std::vector<AppliedMigration> applied_migrations(db::Connection& connection);

/// Throws BadMigrations when an applied one is missing from the files or was edited since, or when
/// one that was not applied is older than one that was.
void check_agreement(const std::vector<Migration>& files, const std::vector<AppliedMigration>& applied);

/// Applies what is missing, each in a transaction of its own, and returns what it applied. Two at
/// once wait for each other. Needs the owner's role.
std::vector<Migration> migrate(db::Connection& connection, const std::vector<Migration>& files);

/// Throws WrongSchema unless the database's schema is the known one, or a newer one that says it can
/// carry the known one's workers.
void check_schema(db::Connection& connection);

}  // namespace taskward::store
