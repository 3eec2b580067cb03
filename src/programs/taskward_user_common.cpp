#include <algorithm>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/printable.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/model/email_address.hpp"
#include "taskward/store/account_lists.hpp"
#include "user_common.hpp"

namespace taskward::programs {
namespace {

std::size_t width(const std::string& text) { return code_points(text).value_or(text.size()); }

}  // namespace

std::optional<std::string> email_option(const config::CommandLine& line) {
  const auto given = line.value("email");
  if (!given) return given;
  auto reading = model::read_email(*given);
  if (!reading.fault.empty())
    throw config::BadCommandLine("--email: '" + *given + "' " + std::string(reading.fault));
  return std::move(reading.address);
}

std::optional<std::string> username_option(const config::CommandLine& line) {
  auto username = line.value("username");
  if (username && !model::is_username(*username)) {
    throw config::BadCommandLine(
        "--username: '" + *username +
        "' must have 3 to 64 letters, digits, '.', '_' and '-', starting with a letter or digit");
  }
  return username;
}

std::optional<model::Role> role_option(const config::CommandLine& line) {
  const auto given = line.value("role");
  if (!given) return std::nullopt;
  const auto role = model::role(*given);
  if (!role) throw config::BadCommandLine("--role: '" + *given + "' is not one of guest, user, admin");
  return role;
}

Secret read_password() {
  std::string line;
  std::getline(std::cin, line);
  return Secret::take(line);
}

int report_refusal(const Error& error) {
  std::cerr << "taskward: " << (error.detail.empty() ? std::string(facts(error.code).detail) : error.detail)
            << '\n';
  for (const FieldFault& fault : error.faults)
    std::cerr << "  " << fault.field << ": " << fault.message << '\n';
  return kRefused;
}

int report_unknown_user(std::string_view user) {
  std::cerr << "taskward: there is no user '" << printable(user) << "'\n";
  return kRefused;
}

int report_refusal(const Error& error, std::string_view user) {
  return error.code == ErrorCode::not_found ? report_unknown_user(user) : report_refusal(error);
}

UserLine read_user_line(std::span<const std::string> words, std::string_view command,
                        std::span<const config::Flag> flags, std::string_view help, std::size_t most) {
  UserLine out{config::read_command_line(words, flags, most), {}};
  if (out.line.has("help")) {
    std::cout << "Usage: " << help << "USER is an id, an e-mail address or a user name.\n\n"
              << config::options_help(flags);
    return out;
  }
  if (out.line.operands.empty())
    throw config::BadCommandLine("user " + std::string(command) + " needs a user");
  out.user = out.line.operands.front();
  return out;
}

UserOperation::UserOperation(const UserLine& given)
    : service(std::move(load_settings(given.line).settings), LogLevel::warning),
      connection(service.connection("taskward-user")),
      user(store::find_account(*connection, given.user)) {}

void print_aligned(const std::vector<TableRow>& rows) {
  std::vector<std::size_t> widths;
  for (const TableRow& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const TableRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::cout << row[i];
      if (i + 1 < row.size()) std::cout << std::string(widths[i] - width(row[i]) + 2, ' ');
    }
    std::cout << '\n';
  }
}

}  // namespace taskward::programs
