// A temporary PostgreSQL server for a test run, and a temporary database on it for a test.
//
//   ThrowawayServer server;                      // initdb, postgres, sql/roles.sql: about two seconds
//   const ThrowawayDatabase database(server);    // a copy of a migrated template: about 50 ms
//   db::Connection service({database.service(), "test"}, log);
//
// The server listens only on a Unix socket in a private directory, so concurrent runs do not interfere. The
// destructor stops it; it also stops when the test program is killed. Environment: PG_BINDIR (the directory
// of initdb), and the variables that repository.hpp and throwaway_folder.hpp read.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "taskward/base/secret.hpp"
#include "taskward/db/connection.hpp"
#include "tests/support/repository.hpp"
#include "tests/support/throwaway_folder.hpp"

namespace taskward::testing {

class ThrowawayServer {
 public:
  /// `settings` are further `name=value` settings of the server, which override its own.
  explicit ThrowawayServer(std::vector<std::string> settings = {});
  /// A hot standby of another server, which must allow it (wal_level, max_wal_senders).
  struct StandbyOf {
    const ThrowawayServer& primary;
  };
  ThrowawayServer(StandbyOf of, std::vector<std::string> settings);
  ThrowawayServer(const ThrowawayServer&) = delete;
  ThrowawayServer& operator=(const ThrowawayServer&) = delete;
  ~ThrowawayServer();

  /// Returns when the server accepts connections.
  void start();
  /// Closes every connection. Returns when the process has exited.
  void stop();

  [[nodiscard]] std::string conninfo(const std::string& database, const std::string& role) const;
  /// Everything the server has logged; each line begins with `database|role|`.
  /// What the server has logged, without the first `from` bytes.
  [[nodiscard]] std::string log(std::size_t from = 0) const;

 private:
  friend class ThrowawayDatabase;
  void run(const std::vector<std::string>& words);
  pid_t spawn(const std::vector<std::string>& words) const;
  void wait_until_ready();
  void execute(const std::string& database, const std::string& role, const std::string& sql) const;
  /// On one connection to the database postgres, because a new one costs more than most statements.
  void administer(const std::string& sql);
  void make_template();

  const std::vector<std::string> settings_;
  ThrowawayFolder folder_;
  std::string bin_;
  pid_t pid_ = -1;  // of the running server; -1 if it is stopped
  int databases_ = 0;
  Secret administrator_conninfo_;
  std::unique_ptr<db::Connection> administrator_;  // null until it is needed
};

class ThrowawayDatabase {
 public:
  enum class Schema : std::uint8_t { none, migrated };

  explicit ThrowawayDatabase(ThrowawayServer& server, Schema schema = Schema::migrated);
  ThrowawayDatabase(const ThrowawayDatabase&) = delete;
  ThrowawayDatabase& operator=(const ThrowawayDatabase&) = delete;
  ~ThrowawayDatabase();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Connection strings of the three roles.
  [[nodiscard]] const Secret& service() const noexcept { return service_; }
  [[nodiscard]] const Secret& owner() const noexcept { return owner_; }
  [[nodiscard]] const Secret& superuser() const noexcept { return superuser_; }

 private:
  ThrowawayServer& server_;
  std::string name_;
  Secret service_;
  Secret owner_;
  Secret superuser_;
};

}  // namespace taskward::testing
