// taskward restore FILE
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include "exit_codes.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/config/options.hpp"
#include "taskward/store/schema.hpp"
#include "taskward_backup.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFlags{
    kHelpFlag, kConfigFlag, kIdentityFlag,
    config::Flag{"keys-to", "DIR",
                 "Write the keys of a backup --with-keys to files in DIR, named as in /etc/credstore."}};

/// The files of keys, with temporary names until finish().
class KeyFiles {
 public:
  KeyFiles(const domain::BackupHeader& header, const std::string& folder) {
    if (header.keys.empty()) throw Refused("the backup contains no keys; it was made without --with-keys");
    for (const auto& [name, key] : header.keys) {
      const config::Option* option = config::find_option(name);
      if (option == nullptr || option->secrecy != config::Secrecy::secret)
        throw Refused("the backup contains a key that this release does not know");
      const fs::path path = fs::path(folder) / ("taskward." + name);
      if (fs::exists(fs::symlink_status(path))) throw Refused('\'' + path.string() + "' exists");
    }
    try {
      for (const auto& [name, key] : header.keys)
        write((fs::path(folder) / ("taskward." + name)).string(), key);
    } catch (const std::exception&) {
      remove_parts();
      throw;
    }
  }
  KeyFiles(const KeyFiles&) = delete;
  KeyFiles& operator=(const KeyFiles&) = delete;
  ~KeyFiles() { remove_parts(); }
  /// The database is restored: what cannot be renamed keeps its name and is not removed.
  void finish() {
    for (const std::string& path : std::exchange(paths_, {})) {
      fs::rename(path + ".part", path);
      std::cout << "wrote " << path << '\n';
    }
  }

 private:
  void write(const std::string& path, const Secret& key) {
    const std::string part = path + ".part";
    ::unlink(part.c_str());
    const Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.number() < 0) throw std::system_error(errno, std::generic_category(), part);
    paths_.push_back(path);
    write_all(file.number(), key.reveal(), part);
    if (::fsync(file.number()) != 0) throw std::system_error(errno, std::generic_category(), part);
  }
  void remove_parts() noexcept {
    for (const std::string& path : paths_) ::unlink((path + ".part").c_str());
  }

  std::vector<std::string> paths_;
};

void check_target(db::Connection& database) {
  if (!store::has_service_role(database))
    throw Refused("the role taskward does not exist: run sql/roles.sql as a superuser first");
  if (const auto found = store::found_in_database(database))
    throw Refused("the database is not empty: it contains the " + *found);
}

/// In one transaction, which is committed if the result is identical to what was backed up.
void restore(db::Connection& database, BackupSource& source, const std::vector<store::Migration>& files) {
  std::optional<db::Transaction> transaction;
  try {
    transaction.emplace(database);
    check_target(database);
    source.restore_into(database);
    store::check_agreement(files, store::applied_migrations(database));
    store::analyze_tables(database);
  } catch (const store::BadMigrations& fault) {
    throw Refused(fault.what());
  } catch (const db::StatementFailed& failure) {
    throw std::runtime_error(std::string("the restore failed and changed nothing: ") + failure.what());
  } catch (const db::OutcomeUnknown& failure) {
    throw std::runtime_error(std::string("the restore failed and changed nothing: ") + failure.what());
  }
  transaction->commit();
}

}  // namespace

int restore_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags, 1);
  if (line.has("help")) {
    std::cout << "Usage: taskward restore [--identity FILE] [--keys-to DIR] FILE\n\n"
                 "Restores a backup of `taskward backup` into the database of DATABASE_OWNER_URL, which must "
                 "be empty:\n"
                 "in one transaction, so completely or not at all. SECRET_KEY must be the one with which the "
                 "backup was\n"
                 "made; without SECRET_KEY in the settings that is not checked.\n\n"
              << config::options_help(kFlags);
    return kSuccess;
  }
  if (line.operands.empty()) throw config::BadCommandLine("restore needs a file");
  const BackupOperation operation(line);
  const auto files = store::read_migrations(operation.settings.sql_dir + "/migrations");
  Progress progress;
  db::Connection& database = *operation.connection;
  check_target(database);
  BackupSource source(line.operands.front(), line.value("identity").value_or(""), progress);
  const domain::BackupHeader& header = source.header();
  std::optional<KeyFiles> keys;
  if (const auto folder = line.value("keys-to"))
    keys.emplace(header, *folder);
  else if (!operation.settings.secret_key.empty())
    check_secret_key(header, operation.settings.secret_key);
  restore(database, source, files);
  if (keys) keys->finish();
  progress.clear();
  std::cout << "restored " << rows_in(header) << " rows of " << header.tables.size() << " tables, as of "
            << rfc3339(header.created_at) << '\n';
  if (header.schema < store::known_schema_version())
    std::cout << "Run `taskward migrate` to migrate the schema to this release.\n";
  return kSuccess;
}

}  // namespace taskward::programs
