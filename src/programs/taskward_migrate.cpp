// taskward migrate: migrates the database schema to this release.
#include <unistd.h>

#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/crypto/random.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/store/audit_months.hpp"
#include "taskward/store/schema.hpp"
#include "taskward/store/search_configuration.hpp"
#include "taskward_commands.hpp"
#include "taskward_progress.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kFlags{
    kHelpFlag, kConfigFlag,
    config::Flag{"status", "", "Show which migrations are applied and missing; change nothing."}};

/// A migration may rebuild a large table.
constexpr std::chrono::hours kStatementTimeout{24};

std::string kept(std::chrono::months retention) {
  if (retention.count() == 0) return "kept without limit";
  return "kept for " + std::to_string(retention.count()) + (retention.count() == 1 ? " month" : " months");
}

/// The value in the database, and the value in the settings if they differ.
void show(const std::string& what, const std::string& current, const std::string& wanted) {
  std::cout << what << std::string(9 + 24 - what.size(), ' ') << "  " << current;
  if (wanted != current) std::cout << ", to be changed to " << wanted;
  std::cout << '\n';
}

int show_status(const std::vector<store::Migration>& files,
                const std::vector<store::AppliedMigration>& applied, db::Connection& connection,
                const config::Settings& settings) {
  for (const auto& one : applied)
    std::cout << "applied  " << rfc3339(one.applied_at) << "  " << one.name << '\n';
  std::size_t missing = 0;
  for (std::size_t i = applied.size(); i < files.size(); ++i, ++missing) {
    std::cout << "missing  " << std::string(24, ' ') << "  " << files[i].name << '\n';
  }
  bool is_to_change = false;
  if (missing == 0) {
    const std::string current = store::search_configuration(connection);
    const auto retention = store::audit_retention(connection);
    is_to_change = current != settings.search_configuration || retention != settings.audit_retention;
    show("search", current, settings.search_configuration);
    show("record", kept(retention), kept(settings.audit_retention));
  }
  std::cout << (missing == 0 && !is_to_change ? "The schema is current."
                                              : "Run `taskward migrate` to apply what is missing.")
            << '\n';
  return kSuccess;
}

}  // namespace

int migrate_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags);
  if (line.has("help")) {
    std::cout
        << "Usage: taskward migrate [--status]\n\n"
           "Applies the missing migrations of SQL_DIR. Can be repeated after an interruption. Fails if an "
           "applied one was\n"
           "edited or is missing. Then applies SEARCH_CONFIGURATION to the search of tasks and "
           "AUDIT_RETENTION to\n"
           "the audit record, if they have changed.\n\n"
        << config::options_help(kFlags);
    return kSuccess;
  }
  const config::Loaded loaded = load_settings(line);
  const config::Settings& settings = loaded.settings;
  const SystemClock clock;
  const Log log(STDERR_FILENO, LogLevel::warning, clock);
  db::Connection connection(
      {owner_url(settings), "taskward-migrate", db::Preparation::each_time, kStatementTimeout}, log);

  const auto files = store::read_migrations(settings.sql_dir + "/migrations");
  if (line.has("status")) {
    const auto applied = store::applied_migrations(connection);
    store::check_agreement(files, applied);
    return show_status(files, applied, connection, settings);
  }
  Progress progress;
  const auto done = store::migrate(connection, files, [&progress](const store::Migration& migration) {
    progress.show("applying " + migration.name);
  });
  progress.clear();
  for (const store::Migration& migration : done) std::cout << "applied " << migration.name << '\n';
  crypto::SystemRandom random;
  const bool is_changed = store::set_search_configuration(
      connection, settings.search_configuration, AuditId::make(clock, random), [&settings] {
        std::cout << "rebuilding the search index with the configuration " << settings.search_configuration
                  << "; tasks of users with many tasks cannot be changed until it is finished" << std::endl;
      });
  if (is_changed) std::cout << "the search configuration is " << settings.search_configuration << '\n';
  const bool is_kept_otherwise =
      store::set_audit_retention(connection, settings.audit_retention, AuditId::make(clock, random));
  if (is_kept_otherwise) std::cout << "records are " << kept(settings.audit_retention) << '\n';
  if (done.empty() && !is_changed && !is_kept_otherwise) std::cout << "The schema is current.\n";
  return kSuccess;
}

}  // namespace taskward::programs
