// taskward: the operator's command.
#include <iostream>
#include <string>
#include <vector>

#include "exit_codes.hpp"
#include "taskward/app/process.hpp"
#include "taskward_commands.hpp"

namespace {

using namespace taskward;

struct Command {
  std::string_view name;
  std::string_view help;
  int (*run)(std::span<const std::string>);
};

constexpr Command kCommands[] = {
    {"migrate", "bring the database's schema up to this release, or show how it stands",
     programs::migrate_command},
    {"user", "list, show, make, change, unlock, delete and import accounts, and end their sessions",
     programs::user_command},
    {"key", "list, rotate and revoke the keys tokens are signed with", programs::key_command},
    {"audit", "check, export and prove the audit record by its seals", programs::audit_command},
    {"mail", "show the mail that was not handed over, and let it be tried again", programs::mail_command},
    {"config", "show every setting, its value and where it comes from", programs::config_command},
    {"routes", "show every route and who may use it", programs::routes_command},
    {"errors", "show every error code a client can be told", programs::errors_command},
    {"openapi", "print the published contract (OpenAPI 3.1)", programs::openapi_command},
    {"generate", "print a file that is derived from the tables in the code", programs::generate_command},
    {"listen", "make listening sockets and hand them to a command, as systemd does",
     programs::listen_command},
};

void print_usage(std::ostream& out) {
  out << "taskward COMMAND [OPTION…]\n\n";
  for (const Command& command : kCommands) {
    out << "  " << command.name << std::string(10 - command.name.size(), ' ') << command.help << '\n';
  }
  out << "\n`taskward COMMAND --help` tells more. Exit status: 0 done, 1 refused, 2 wrong command line,\n"
         "67 no such user, 75 the database is away, 78 wrong settings.\n";
}

int run(const std::vector<std::string>& words) {
  if (words.empty() || words.front() == "--help" || words.front() == "-h" || words.front() == "help") {
    print_usage(words.empty() ? std::cerr : std::cout);
    return words.empty() ? programs::kUsage : programs::kSuccess;
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
