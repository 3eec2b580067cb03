// What a backup of the database contains, and what it is restored into. By the owner of the tables.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "taskward/db/connection.hpp"

namespace taskward::store {

/// The digest does not depend on the order of the rows: the sum of the first 64 bits of their SHA-256.
struct TableContent {
  std::string name;  ///< without the schema
  std::int64_t rows = 0;
  std::string digest;

  bool operator==(const TableContent&) const = default;
};

/// A read-only transaction with one snapshot, and with locks that keep the tables.
class Snapshot {
 public:
  explicit Snapshot(db::Connection& database);

  /// By which other sessions can use it as long as this object exists.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::optional<db::Transaction> transaction_;
  std::string name_;
};

/// The content of each table, by name. `before` is called with the name of each. In a transaction.
[[nodiscard]] std::vector<TableContent> table_contents(db::Connection& database,
                                                       const std::function<void(const std::string&)>& before);

/// The first difference, as a sentence; nothing if there is none.
[[nodiscard]] std::optional<std::string> first_difference(const std::vector<TableContent>& expected,
                                                          const std::vector<TableContent>& found);

/// Something in the database that a new database does not contain, such as `table public.other`.
[[nodiscard]] std::optional<std::string> found_in_database(db::Connection& database);

/// Whether sql/roles.sql was run in this cluster.
[[nodiscard]] bool has_service_role(db::Connection& database);

/// Updates the statistics of all tables, which a restore does not contain.
void analyze_tables(db::Connection& database);

/// A database that exists as long as this object, with the encoding and locale of the given one.
class ScratchDatabase {
 public:
  /// First drops those that interrupted processes have left. The connection must outlive the object.
  explicit ScratchDatabase(db::Connection& database);
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;
  ~ScratchDatabase();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Throws if it could not be dropped.
  void drop();

 private:
  db::Connection& database_;
  std::string name_;
};

}  // namespace taskward::store
