// taskward user: accounts from the shell. The first administrator is made here.
#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/domain/accounts.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"email", "ADDRESS", "The account's e-mail address."},
    config::Flag{"username", "NAME", "The account's user name."},
    config::Flag{"role", "ROLE", "guest, user (default) or admin."},
    config::Flag{"password-stdin", "", "Read the password from standard input, one line."},
};

Secret read_password() {
  std::string line;
  std::getline(std::cin, line);
  return Secret::take(line);
}

domain::Registration registration_of(const config::CommandLine& line) {
  domain::Registration registration;
  registration.email = line.value("email");
  registration.username = line.value("username");
  if (!registration.email && !registration.username) {
    throw config::BadCommandLine("give --email or --username, or both");
  }
  if (registration.email && !model::is_email_address(*registration.email)) {
    throw config::BadCommandLine("--email: '" + *registration.email + "' is no e-mail address");
  }
  if (registration.username && !model::is_username(*registration.username)) {
    throw config::BadCommandLine(
        "--username: '" + *registration.username +
        "' must have 3 to 64 letters, digits, '.', '_' and '-', first a letter or digit");
  }
  const std::string role = line.value("role").value_or("user");
  const auto known = model::role(role);
  if (!known) throw config::BadCommandLine("--role: '" + role + "' is not one of guest, user, admin");
  registration.role = *known;
  if (!line.has("password-stdin")) {
    throw config::BadCommandLine("give --password-stdin and the password on standard input");
  }
  registration.password = read_password();
  return registration;
}

int tell_refusal(const Error& error) {
  std::cerr << "taskward: " << (error.detail.empty() ? std::string(facts(error.code).detail) : error.detail)
            << '\n';
  for (const FieldFault& fault : error.faults)
    std::cerr << "  " << fault.field << ": " << fault.message << '\n';
  return kRefused;
}

int create(const config::CommandLine& line) {
  const domain::Registration registration = registration_of(line);
  Service service(std::move(load_settings(line).settings), LogLevel::warning);
  const auto connection = service.connection("taskward-user");
  auto user = domain::create_account(service.resources(*connection), registration);
  if (!user) return tell_refusal(user.error());
  std::cout << user->id.text() << '\n';
  return kSuccess;
}

}  // namespace

int user_command(std::span<const std::string> words) {
  if (!words.empty() && words.front() == "import") return user_import_command(words.subspan(1));
  const config::CommandLine line = config::read_command_line(words, kFlags, 1);
  if (line.has("help")) {
    std::cout << "taskward user create --email ADDRESS | --username NAME [--role ROLE] --password-stdin\n"
                 "Makes an account and prints its id.\n"
                 "taskward user import FILE: imports accounts of another system; see `taskward user import "
                 "--help`.\n\n"
              << config::options_help(kFlags);
    return kSuccess;
  }
  if (line.operands.empty())
    throw config::BadCommandLine("user needs to be told what to do: create or import");
  if (line.operands.front() != "create") {
    throw config::BadCommandLine("user does not know '" + line.operands.front() +
                                 "'; it knows create and import");
  }
  return create(line);
}

}  // namespace taskward::programs
