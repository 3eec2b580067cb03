// taskward: administration on the command line.
#include <iostream>
#include <string>
#include <vector>

#include "exit_codes.hpp"
#include "taskward/app/process.hpp"
#include "taskward_commands.hpp"
#include "taskward_status.hpp"

namespace {

using namespace taskward;

struct Command {
  std::string_view name;
  std::string_view help;
  int (*run)(std::span<const std::string>);
};

constexpr Command kCommands[] = {
    {"setup", "make what an installation lacks, and start the service", programs::setup_command},
    {"doctor", "examine the installation, and say what is wrong and what to do", programs::doctor_command},
    {"status", "show processes, requests, database, seals, mail and backups", programs::status_command},
    {"certificate", "show the certificate of nginx and its expiry, or replace it",
     programs::certificate_command},
    {"migrate", "migrate the database schema to this release, or show its state", programs::migrate_command},
    {"user", "list, show, create, change, unlock, delete and import accounts; end sessions, revoke tokens",
     programs::user_command},
    {"key", "list, rotate and revoke the keys that sign tokens", programs::key_command},
    {"audit", "verify, export and prove the audit record by its seals", programs::audit_command},
    {"backup", "back up the database, or verify a backup", programs::backup_command},
    {"restore", "restore a backup into an empty database", programs::restore_command},
    {"mail", "list undelivered mail, and retry it", programs::mail_command},
    {"config", "show all settings, their values and sources", programs::config_command},
    {"routes", "show all routes and who may use them", programs::routes_command},
    {"errors", "show all error codes", programs::errors_command},
    {"openapi", "print the API description (OpenAPI 3.1)", programs::openapi_command},
    {"generate", "print a file that is generated from the tables in the code", programs::generate_command},
    {"listen", "create listening sockets for a command, as systemd does", programs::listen_command},
};

void print_usage(std::ostream& out) {
  out << "Usage: taskward COMMAND [OPTION…]\n\n";
  for (const Command& command : kCommands) {
    out << "  " << command.name << std::string(13 - command.name.size(), ' ') << command.help << '\n';
  }
  out << "\nFor details: taskward COMMAND --help. The release: taskward --version\n\n"
      << programs::kExitStatusHelp << "`taskward doctor` has statuses of its own, for monitoring.\n";
}

int run(const std::vector<std::string>& words) {
  if (words.empty() || words.front() == "--help" || words.front() == "-h" || words.front() == "help") {
    print_usage(words.empty() ? std::cerr : std::cout);
    return words.empty() ? programs::kUsage : programs::kSuccess;
  }
  if (words.front() == "--version") {
    std::cout << "taskward " << programs::kRelease << '\n';
    return programs::kSuccess;
  }
  for (const Command& command : kCommands) {
    if (command.name == words.front()) return command.run(std::span(words).subspan(1));
  }
  throw config::BadCommandLine("there is no command '" + words.front() + '\'');
}

}  // namespace

int main(int argc, char** argv) {
  taskward::app::forbid_core_dumps();
  return taskward::programs::guarded("taskward", [&] { return run({argv + 1, argv + argc}); });
}
