// taskward migrate: brings the database's schema up to this release.
#include <unistd.h>

#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/store/schema.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kFlags{
    kHelpFlag, kConfigFlag,
    config::Flag{"status", "", "Show what the database has had and what is missing; change nothing."}};

/// A migration may rebuild a large table.
constexpr std::chrono::hours kPatience{24};

int show_status(const std::vector<store::Migration>& files,
                const std::vector<store::AppliedMigration>& applied) {
  for (const auto& one : applied)
    std::cout << "applied  " << rfc3339(one.applied_at) << "  " << one.name << '\n';
  std::size_t missing = 0;
  for (std::size_t i = applied.size(); i < files.size(); ++i, ++missing) {
    std::cout << "missing  " << std::string(24, ' ') << "  " << files[i].name << '\n';
  }
  std::cout << (missing == 0 ? "The schema is current." : "Run `taskward migrate` to apply what is missing.")
            << '\n';
  return kSuccess;
}

}  // namespace

int migrate_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags);
  if (line.has("help")) {
    std::cout
        << "taskward migrate [--status]: applies the migrations of SQL_DIR that the database has not had,\n"
           "each in a transaction of its own. Refuses when an applied one was edited or is missing.\n\n"
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
    return show_status(files, applied);
  }
  const auto done = store::migrate(connection, files);
  for (const store::Migration& migration : done) std::cout << "applied " << migration.name << '\n';
  if (done.empty()) std::cout << "The schema is current.\n";
  return kSuccess;
}

}  // namespace taskward::programs
