// taskward migrate: brings the database's schema up to this release.
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

namespace taskward::programs {
namespace {

constexpr std::array kFlags{
    kHelpFlag, kConfigFlag,
    config::Flag{"status", "", "Show what the database has had and what is missing; change nothing."}};

/// A migration may rebuild a large table.
constexpr std::chrono::hours kPatience{24};

/// How long records are kept, in words.
std::string kept(std::chrono::months retention) {
  if (retention.count() == 0) return "kept for ever";
  return "kept for " + std::to_string(retention.count()) + (retention.count() == 1 ? " month" : " months");
}

/// What the database has, and what the settings want if that is something else.
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
                                              : "Run `taskward migrate` to do what is missing.")
            << '\n';
  return kSuccess;
}

}  // namespace

int migrate_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags);
  if (line.has("help")) {
    std::cout
        << "taskward migrate [--status]: applies the migrations of SQL_DIR that the database has not had,\n"
           "each in a transaction of its own. Refuses when an applied one was edited or is missing. Then "
           "brings the\n"
           "search of tasks to SEARCH_CONFIGURATION, and the time that records are kept to AUDIT_RETENTION, "
           "if those\n"
           "are others than before.\n\n"
        << config::options_help(kFlags);
    return kSuccess;
  }
  const config::Loaded loaded = load_settings(line);
  const config::Settings& settings = loaded.settings;
  const Secret& url =
      settings.database_owner_url.empty() ? settings.database_url : settings.database_owner_url;
  const SystemClock clock;
  const Log log(STDERR_FILENO, LogLevel::warning, clock);
  db::Connection connection({url, "taskward-migrate", db::Preparation::each_time, kPatience}, {}, log);

  const auto files = store::read_migrations(settings.sql_dir + "/migrations");
  if (line.has("status")) {
    const auto applied = store::applied_migrations(connection);
    store::check_agreement(files, applied);
    return show_status(files, applied, connection, settings);
  }
  const auto done = store::migrate(connection, files);
  for (const store::Migration& migration : done) std::cout << "applied " << migration.name << '\n';
  crypto::SystemRandom random;
  const bool is_changed = store::set_search_configuration(
      connection, settings.search_configuration, AuditId::make(clock, random), [&settings] {
        std::cout << "making the words of all tasks anew for the search configuration "
                  << settings.search_configuration << "; tasks cannot be used until that is done"
                  << std::endl;
      });
  if (is_changed) std::cout << "tasks are searched by " << settings.search_configuration << '\n';
  const bool is_kept_otherwise =
      store::set_audit_retention(connection, settings.audit_retention, AuditId::make(clock, random));
  if (is_kept_otherwise) std::cout << "records are " << kept(settings.audit_retention) << '\n';
  if (done.empty() && !is_changed && !is_kept_otherwise) std::cout << "The schema is current.\n";
  return kSuccess;
}

}  // namespace taskward::programs
