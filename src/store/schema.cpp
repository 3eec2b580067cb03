#include "taskward/store/schema.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>
#include <thread>

#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"

namespace taskward::store {
namespace {

namespace fs = std::filesystem;

constexpr int kKnownVersion =
#include "schema_version.inc"
    ;

/// How long requests may have to wait behind a migration that waits for its locks.
constexpr std::chrono::milliseconds kMigrationLockTimeout{300};
/// Longer than any request, an import included, holds its locks.
constexpr std::chrono::minutes kMigrationPatience{2};

constexpr std::string_view kChecksumFile = "SHA256SUMS";
constexpr std::string_view kCompatibility = "-- compatible-with:";
constexpr std::string_view kLocks = "-- locks: ";
constexpr std::string_view kStep = "-- step";
constexpr std::string_view kStepForEachRow = "-- step for each row";

// Creates the table of migrations. Run by the owner.
constexpr const char* kBootstrap = R"(
create schema if not exists taskward;
create table if not exists taskward.schema_migrations (
  version         integer     primary key,
  name            text        not null,
  checksum        text        not null,
  compatible_with integer     not null,
  applied_at      timestamptz not null default now()
))";

constexpr const char* kTableExists = "select to_regclass('taskward.schema_migrations') is not null";
constexpr const char* kApplied =
    "select version, name, checksum, compatible_with, applied_at from taskward.schema_migrations order by "
    "version";
constexpr const char* kRecord =
    "insert into taskward.schema_migrations (version, name, checksum, compatible_with) "
    "values ($1::integer, $2::text, $3::text, $4::integer)";
// Of the session, because a migration may have several transactions. Without waiting in the server: the
// snapshot of a waiting statement would block the indexes that the other migrates.
constexpr const char* kTryLock = "select pg_try_advisory_lock(hashtext('taskward.schema_migrations'))";
constexpr const char* kHasLock =
    "select exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())";
constexpr const char* kUnlock = "select pg_advisory_unlock(hashtext('taskward.schema_migrations'))";
constexpr const char* kServiceRole = "select exists (select from pg_roles where rolname = 'taskward')";

std::string read_whole(const fs::path& path) {
  std::error_code fault;
  std::ifstream in(path, std::ios::binary);
  // Opening a directory succeeds; reading it throws.
  if (!in || !fs::is_regular_file(path, fault)) throw BadMigrations(path.string() + ": cannot be read");
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return text;
}

/// Parses a number at the start of the text, and removes it.
std::optional<int> leading_number(std::string_view& text) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

Migration read_migration(const fs::path& path) {
  Migration migration;
  migration.name = path.filename().string();
  std::string_view rest = migration.name;
  const auto version = leading_number(rest);
  if (!version || *version < 1 || !rest.starts_with('_')) {
    throw BadMigrations(path.string() + ": is not named like 0001_what_it_does.sql");
  }
  migration.version = *version;
  migration.sql = read_whole(path);
  if (migration.sql.find('\0') != std::string::npos || !code_points(migration.sql)) {
    throw BadMigrations(path.string() + ": is damaged: it is not UTF-8 text");
  }
  migration.checksum = crypto::hex(crypto::view(crypto::sha256(migration.sql)));
  std::string_view first_line = std::string_view(migration.sql).substr(0, migration.sql.find('\n'));
  if (first_line.starts_with(kCompatibility)) {
    first_line = trimmed(first_line.substr(kCompatibility.size()));
    const auto compatible = leading_number(first_line);
    if (compatible && first_line.empty() && *compatible >= 1 && *compatible <= migration.version) {
      migration.compatible_with = *compatible;
      return migration;
    }
  }
  throw BadMigrations(path.string() + ": its first line must be '" + std::string(kCompatibility) +
                      " N', with N from 1 to its own number");
}

/// File name to checksum, as sha256sum writes it.
std::map<std::string, std::string, std::less<>> read_checksums(const fs::path& path) {
  std::map<std::string, std::string, std::less<>> sums;
  const std::string text = read_whole(path);
  for (std::string_view line : split(text, '\n')) {
    if (line.size() < 67 || line[64] != ' ') throw BadMigrations(path.string() + ": is damaged");
    sums.emplace(std::string(line.substr(66)), std::string(line.substr(0, 64)));
  }
  return sums;
}

}  // namespace

int known_schema_version() noexcept { return kKnownVersion; }

std::vector<Migration> read_migrations(const std::string& directory) {
  std::error_code fault;
  const fs::path folder(directory);
  std::vector<Migration> migrations;
  fs::directory_iterator entries(folder, fault);
  if (fault) throw BadMigrations(directory + ": cannot be read: " + fault.message());
  for (const auto& entry : entries) {
    if (entry.path().extension() == ".sql") migrations.push_back(read_migration(entry.path()));
  }
  if (migrations.empty()) throw BadMigrations(directory + ": holds no migrations");
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return a.version < b.version; });

  auto sums = read_checksums(folder / kChecksumFile);
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    const Migration& migration = migrations[i];
    const int expected = static_cast<int>(i) + 1;
    if (migration.version != expected) {
      throw BadMigrations(directory + ": duplicate or missing migration number " +
                          std::to_string(std::min(expected, migration.version)) +
                          " (next: " + migration.name + ')');
    }
    const auto sum = sums.find(migration.name);
    if (sum == sums.end()) {
      throw BadMigrations(directory + '/' + migration.name + ": is not listed in " +
                          std::string(kChecksumFile));
    }
    if (sum->second != migration.checksum) {
      throw BadMigrations(directory + '/' + migration.name +
                          ": was edited or is damaged: its SHA-256 is not the one in " +
                          std::string(kChecksumFile));
    }
    sums.erase(sum);
  }
  if (!sums.empty()) {
    throw BadMigrations(directory + '/' + sums.begin()->first + ": is listed in " +
                        std::string(kChecksumFile) + " but missing");
  }
  return migrations;
}

std::vector<AppliedMigration> applied_migrations(db::Connection& connection) {
  std::vector<AppliedMigration> applied;
  if (!connection.query(kTableExists, db::Params()).row(0).boolean()) return applied;
  const db::Rows rows = connection.query(kApplied, db::Params());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    AppliedMigration one;
    one.version = static_cast<int>(row.number());
    one.name = row.text();
    one.checksum = row.text();
    one.compatible_with = static_cast<int>(row.number());
    one.applied_at = row.timestamp();
    applied.push_back(std::move(one));
  }
  return applied;
}

void check_agreement(const std::vector<Migration>& files, const std::vector<AppliedMigration>& applied) {
  int expected = 1;
  for (const AppliedMigration& one : applied) {
    if (one.version != expected++) {
      throw BadMigrations("migration " + one.name + " is applied in the database, but not number " +
                          std::to_string(expected - 1) + ": its table of migrations is damaged");
    }
    const auto file = std::find_if(files.begin(), files.end(),
                                   [&](const Migration& m) { return m.version == one.version; });
    if (file == files.end()) {
      throw BadMigrations(
          "migration " + one.name +
          " is applied in the database, but missing here: install the release that has it, or a newer one");
    }
    if (file->checksum != one.checksum) {
      throw BadMigrations(file->name +
                          ": was edited after it was applied; restore the original file, and put "
                          "the change into a new migration");
    }
  }
}

namespace {

/// Only one process migrates. Throws db::NotLocked if another one does for longer than kMigrationPatience.
class MigrationLock {
 public:
  explicit MigrationLock(db::Connection& connection) : connection_(connection) {
    const auto start = std::chrono::steady_clock::now();
    while (!connection_.query(kTryLock, db::Params()).row(0).boolean()) {
      if (std::chrono::steady_clock::now() - start > kMigrationPatience)
        throw db::NotLocked(
            "another process is migrating this database; run the command again when it has ended");
      std::this_thread::sleep_for(kMigrationLockTimeout);
    }
  }
  MigrationLock(const MigrationLock&) = delete;
  MigrationLock& operator=(const MigrationLock&) = delete;
  ~MigrationLock() {
    try {
      if (connection_.is_connected()) static_cast<void>(connection_.query(kUnlock, db::Params()));
    } catch (const std::exception&) {
      connection_.disconnect();
    }
  }

  /// Throws db::Unavailable if a new connection has replaced the one that held the lock.
  [[nodiscard]] db::Connection& connection() const {
    if (!connection_.query(kHasLock, db::Params()).row(0).boolean())
      throw db::Unavailable("the connection was lost; run the command again");
    return connection_;
  }

 private:
  db::Connection& connection_;
};

void set_lock_timeout(db::Connection& connection, std::chrono::milliseconds timeout) {
  connection.execute("set local lock_timeout = " + std::to_string(timeout.count()));
}

/// Locks the tables that the text declares. First in a mode that no request waits for, to get rid of an
/// automatic vacuum: it gives way only to those who wait for it longer than deadlock_timeout (1 s).
void lock_tables(db::Connection& connection, std::string_view sql) {
  const auto declared = sql.find(kLocks);
  if (declared == std::string_view::npos) return;
  sql.remove_prefix(declared + kLocks.size());
  const std::string tables(sql.substr(0, sql.find('\n')));
  set_lock_timeout(connection, kMigrationPatience);
  connection.execute("lock table " + tables + " in share update exclusive mode");
  set_lock_timeout(connection, kMigrationLockTimeout / (1 + std::ranges::count(tables, ',')));
  connection.execute("lock table " + tables + " in access exclusive mode");
}

/// Runs it in a transaction; again if it did not get its locks in time, so that requests pass meanwhile.
void run_when_unlocked(const MigrationLock& lock, const std::string& sql,
                       const std::function<void(db::Connection&)>& before_commit) {
  const auto start = std::chrono::steady_clock::now();
  while (true) {
    try {
      db::Connection& connection = lock.connection();
      db::Transaction transaction(connection);
      lock_tables(connection, sql);
      set_lock_timeout(connection, kMigrationLockTimeout);
      connection.execute(sql);
      before_commit(connection);
      transaction.commit();
      return;
    } catch (const db::NotLocked&) {
      if (std::chrono::steady_clock::now() - start > kMigrationPatience) throw;
    }
    std::this_thread::sleep_for(kMigrationLockTimeout);
  }
}

struct Step {
  bool is_for_each_row = false;
  std::string sql;
};

/// None if the migration is one transaction.
std::vector<Step> steps_of(const Migration& migration) {
  std::vector<Step> steps;
  bool has_sql_before = false;
  std::istringstream lines(migration.sql);
  for (std::string line; std::getline(lines, line);) {
    if (line == kStep || line == kStepForEachRow)
      steps.push_back({line == kStepForEachRow, {}});
    else if (!steps.empty())
      steps.back().sql += line + '\n';
    else if (!line.empty() && !line.starts_with("--"))
      has_sql_before = true;
  }
  if (!steps.empty() && has_sql_before)
    throw BadMigrations(migration.name + ": has SQL before its first step");
  return steps;
}

/// Whether it must run outside of a transaction. Comments do not count.
bool works_concurrently(const std::string& sql) {
  std::istringstream lines(sql);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("--") && line.find(" concurrently ") != std::string::npos) return true;
  return false;
}

void run_statement(const MigrationLock& lock, const std::string& sql) {
  // A concurrent one waits for transactions without blocking others, so it needs no limit.
  if (works_concurrently(sql))
    lock.connection().execute(sql);
  else
    run_when_unlocked(lock, sql, [](db::Connection&) {});
}

void run_step(const MigrationLock& lock, const Step& step) {
  if (!step.is_for_each_row) {
    run_statement(lock, step.sql);
    return;
  }
  const db::Rows statements = lock.connection().query(step.sql, db::Params());
  for (std::size_t r = 0; r < statements.size(); ++r) run_statement(lock, statements.row(r).text());
}

void apply(const MigrationLock& lock, const Migration& migration) {
  const auto record = [&](db::Connection& connection) {
    static_cast<void>(connection.query(kRecord, db::Params()
                                                    .number(migration.version)
                                                    .text(migration.name)
                                                    .text(migration.checksum)
                                                    .number(migration.compatible_with)));
  };
  const std::vector<Step> steps = steps_of(migration);
  const std::string name = migration.name + ": ";
  try {
    for (const Step& step : steps) run_step(lock, step);
    if (steps.empty())
      run_when_unlocked(lock, migration.sql, record);
    else
      record(lock.connection());
  } catch (const db::StatementFailed& failure) {
    throw BadMigrations(name +
                        (steps.empty() ? "failed and was rolled back: " : "failed and can be repeated: ") +
                        failure.what());
  } catch (const db::NotLocked& failure) {
    throw db::NotLocked(name + failure.what());
  } catch (const db::Unavailable& failure) {
    throw db::Unavailable(name + failure.what());
  } catch (const db::OutcomeUnknown& failure) {
    throw db::OutcomeUnknown(name + failure.what());
  }
}

}  // namespace

std::vector<Migration> migrate(db::Connection& connection, const std::vector<Migration>& files,
                               const std::function<void(const Migration&)>& begin) {
  check_agreement(files, applied_migrations(connection));
  if (!connection.query(kServiceRole, db::Params()).row(0).boolean()) {
    throw BadMigrations("the role taskward does not exist: run sql/roles.sql as a superuser first");
  }
  const MigrationLock lock(connection);
  if (!connection.query(kTableExists, db::Params()).row(0).boolean()) connection.execute(kBootstrap);
  // Read again with the lock held: another host may have migrated in the meantime.
  const auto applied = applied_migrations(connection);
  check_agreement(files, applied);
  std::vector<Migration> missing(files.begin() + static_cast<std::ptrdiff_t>(applied.size()), files.end());
  for (const Migration& migration : missing) {
    if (begin) begin(migration);
    apply(lock, migration);
  }
  return missing;
}

void check_schema(db::Connection& connection) {
  std::vector<AppliedMigration> applied;
  try {
    applied = applied_migrations(connection);
  } catch (const db::StatementFailed& failure) {
    throw WrongSchema(std::string("the table of migrations cannot be read: ") + failure.what());
  }
  const int version = applied.empty() ? 0 : applied.back().version;
  if (version < kKnownVersion) {
    throw WrongSchema("the database's schema version is " + std::to_string(version) +
                      ", this program needs " + std::to_string(kKnownVersion) +
                      ": run `taskward migrate` first");
  }
  for (const AppliedMigration& one : applied) {
    if (one.version > kKnownVersion && one.compatible_with > kKnownVersion) {
      throw WrongSchema("the database's schema version is " + std::to_string(version) + ", and since " +
                        one.name + " it requires a program for schema version " +
                        std::to_string(one.compatible_with) + " or newer; this one is for " +
                        std::to_string(kKnownVersion));
    }
  }
}

}  // namespace taskward::store
