// taskward user import: imports accounts from a file.
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>
#include <stdexcept>

#include "exit_codes.hpp"
#include "taskward/domain/account_import.hpp"
#include "taskward/json/writer.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

using domain::AccountFormat;
using domain::ImportMode;

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"dry-run", "", "Check the file against the database; change nothing."},
    config::Flag{"json", "", "Print the report as JSON."},
};

AccountFormat format_of(const std::string& path) {
  if (path.ends_with(".csv")) return AccountFormat::csv;
  if (path.ends_with(".ndjson")) return AccountFormat::ndjson;
  throw config::BadCommandLine("'" + path + "' ends in neither .csv nor .ndjson");
}

domain::AccountFile read_file(const std::string& path, Service& service) {
  const AccountFormat format = format_of(path);
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + ": cannot be read: " + std::strerror(errno));
  try {
    return domain::read_accounts(in, format, service.derived_keys, service.clock, service.random);
  } catch (const std::runtime_error&) {
    throw std::runtime_error(path + ": cannot be read completely");
  }
}

void print_json(std::size_t accounts, std::size_t imported, const std::vector<domain::RefusedLine>& refused) {
  json::Writer w;
  w.begin_object();
  w.key("accounts");
  w.number(static_cast<std::int64_t>(accounts));
  w.key("imported");
  w.number(static_cast<std::int64_t>(imported));
  w.key("refused");
  w.begin_array();
  for (const auto& one : refused) {
    w.begin_object();
    w.key("line");
    w.number(static_cast<std::int64_t>(one.line));
    w.key("message");
    w.string(one.why);
    w.end_object();
  }
  w.end_array();
  w.end_object();
  std::cout << w.take() << '\n';
}

int import(const std::string& path, const config::CommandLine& line) {
  static_cast<void>(format_of(path));
  Service service(std::move(load_settings(line).settings), LogLevel::warning);
  const ImportMode mode = line.has("dry-run") ? ImportMode::check_only : ImportMode::import;
  const domain::AccountFile file = read_file(path, service);
  const auto connection = service.connection("taskward-user");
  const auto refused = domain::import_accounts(*connection, file, mode);
  if (!refused) {
    std::cerr << "taskward: " << refused.error().detail << '\n';
    return kRefused;
  }
  for (const auto& one : *refused) std::cerr << path << ':' << one.line << ": " << one.why << '\n';
  const std::size_t accounts = file.accounts.size();
  const bool imported = refused->empty() && mode == ImportMode::import;
  if (line.has("json"))
    print_json(accounts, imported ? accounts : 0, *refused);
  else if (imported)
    std::cout << accounts << " accounts were imported.\n";
  else if (refused->empty())
    std::cout << accounts << " accounts could be imported; nothing was changed.\n";
  if (!refused->empty()) {
    std::set<std::size_t> lines;  // a line may have several errors
    for (const auto& one : *refused) lines.insert(one.line);
    std::cerr << "taskward: " << lines.size() << (lines.size() == 1 ? " line is" : " lines are")
              << " refused; nothing was imported\n";
  }
  return refused->empty() ? kSuccess : kRefused;
}

}  // namespace

int user_import_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags, 1);
  if (line.has("help")) {
    std::cout
        << "Usage: taskward user import FILE.csv|FILE.ndjson [--dry-run] [--json]\n\n"
           "Imports accounts from another system. If a line is refused, none is imported.\n"
           "A CSV file (RFC 4180) begins with a header line; an ndjson file has one JSON object per line.\n"
           "Columns or members, in any order: "
        << domain::import_columns()
        << ".\n"
           "An account needs an email, a username or both. password_hash is a bcrypt hash ($2a$, $2b$, "
           "$2y$);\n"
           "without it the account has no password. Defaults: role user, is_active true, email_verified "
           "false.\n"
           "totp_secret is in base32 (SHA-1, 6 digits, 30 seconds). recovery_code_hashes are SHA-256 hashes "
           "of "
           "the codes\n"
           "in hexadecimal, separated by spaces.\n"
           "A refused line is reported as FILE:LINE: REASON.\n\n"
        << config::options_help(kFlags);
    return kSuccess;
  }
  if (line.operands.empty()) throw config::BadCommandLine("user import needs a file");
  return import(line.operands.front(), line);
}

}  // namespace taskward::programs
