// taskward user: accounts on the command line. This is how the first administrator is created.
#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/domain/accounts.hpp"
#include "taskward_commands.hpp"
#include "user_common.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kCreateFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"email", "ADDRESS", "The account's e-mail address."},
    config::Flag{"username", "NAME", "The account's user name."},
    config::Flag{"role", "ROLE", "guest, user or admin (DEFAULT_ROLE)."},
    config::Flag{"password-stdin", "", "Read the password from standard input, one line."},
};

struct Subcommand {
  std::string_view name;
  std::string_view words;
  std::string_view help;
  int (*run)(std::span<const std::string>);
};

domain::Registration registration_of(const config::CommandLine& line, model::Role default_role) {
  domain::Registration registration;
  registration.email = email_option(line);
  registration.username = username_option(line);
  registration.role = role_option(line).value_or(default_role);
  registration.password = read_password();
  return registration;
}

int create(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kCreateFlags);
  if (line.has("help")) {
    std::cout
        << "Usage: taskward user create --email ADDRESS | --username NAME [--role ROLE] --password-stdin\n\n"
           "Creates an account and prints its id.\n\n"
        << config::options_help(kCreateFlags);
    return kSuccess;
  }
  if (!email_option(line) && !username_option(line))
    throw config::BadCommandLine("give --email or --username, or both");
  static_cast<void>(role_option(line));
  if (!line.has("password-stdin"))
    throw config::BadCommandLine("give --password-stdin and the password on standard input");
  Service service(std::move(load_settings(line).settings), LogLevel::warning);
  const domain::Registration registration = registration_of(line, service.settings.default_role);
  const auto connection = service.connection("taskward-user");
  auto user = domain::create_account(service.resources(*connection), registration);
  if (!user) return report_refusal(user.error());
  std::cout << user->id.text() << '\n';
  return kSuccess;
}

constexpr Subcommand kSubcommands[] = {
    {"list", "[--role ROLE] [--state STATE] [--q TEXT] [--limit N] [--json]", "lists accounts",
     user_list_command},
    {"show", "USER [--json]", "shows an account", user_show_command},
    {"create", "--email ADDRESS | --username NAME [--role ROLE] --password-stdin", "creates an account",
     create},
    {"set", "USER --role, --active, --email, --username, --name, --password-stdin, --password-reset",
     "changes an account", user_set_command},
    {"unlock", "USER", "removes login locks", user_unlock_command},
    {"reset-mfa", "USER", "removes the second factors", user_reset_mfa_command},
    {"delete", "USER --yes", "deletes an account and its tasks", user_delete_command},
    {"sessions", "USER [--end | --end-one ID] [--json]", "lists or ends sessions", user_sessions_command},
    {"token", "list USER [--json] | revoke USER ID | --all", "lists or revokes personal access tokens",
     user_token_command},
    {"import", "FILE", "imports accounts from another system", user_import_command},
};

void print_usage() {
  std::cout << "Usage:\n";
  for (const Subcommand& one : kSubcommands)
    std::cout << "taskward user " << one.name << ' ' << one.words << "\n    " << one.help << '\n';
  std::cout
      << "\nUSER is an id, an e-mail address or a user name. For details: taskward user COMMAND --help\n";
}

std::string known_subcommands() {
  std::string names;
  for (const Subcommand& one : kSubcommands) names += (names.empty() ? "" : ", ") + std::string(one.name);
  return names;
}

}  // namespace

int user_command(std::span<const std::string> words) {
  if (words.empty()) throw config::BadCommandLine("user needs one of " + known_subcommands());
  if (words.front() == "--help") {
    print_usage();
    return kSuccess;
  }
  for (const Subcommand& one : kSubcommands) {
    if (words.front() == one.name) return one.run(words.subspan(1));
  }
  throw config::BadCommandLine("'" + words.front() + "' is not one of " + known_subcommands());
}

}  // namespace taskward::programs
