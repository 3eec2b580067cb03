// Shared by the subcommands of `taskward user`: options and output.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service.hpp"
#include "taskward/base/errors.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/account.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/user.hpp"

namespace taskward::programs {

// Each throws BadCommandLine if the option is invalid, and returns nothing if it is omitted.
[[nodiscard]] std::optional<std::string> email_option(const config::CommandLine& line);
[[nodiscard]] std::optional<std::string> username_option(const config::CommandLine& line);
[[nodiscard]] std::optional<model::Role> role_option(const config::CommandLine& line);

/// Reads one line of standard input.
[[nodiscard]] Secret read_password();

/// Print the reason, and return the exit status.
int report_refusal(const Error& error);
int report_unknown_user(std::string_view user);
/// The same for an error of an action on the user.
int report_refusal(const Error& error, std::string_view user);

/// The command line of a subcommand for one user.
struct UserLine {
  config::CommandLine line;
  std::string user;  ///< empty with --help
};

/// Reads it, or prints the help. Throws BadCommandLine if the user is missing, or there are more than `most`
/// operands.
[[nodiscard]] UserLine read_user_line(std::span<const std::string> words, std::string_view command,
                                      std::span<const config::Flag> flags, std::string_view help,
                                      std::size_t most = 1);

/// The service, a connection, and the account.
struct UserOperation {
  explicit UserOperation(const UserLine& given);

  template <class AnId = AuditId>
  AnId new_id() {
    return AnId::make(service.clock, service.random);
  }
  model::AuditStamp stamp() { return {new_id(), {}}; }

  Service service;
  std::unique_ptr<db::Connection> connection;
  std::optional<UserId> user;
};

using TableRow = std::vector<std::string>;
/// Prints rows with aligned columns.
void print_aligned(const std::vector<TableRow>& rows);

}  // namespace taskward::programs
