// Shared by the subcommands of `taskward user`: options and output.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service.hpp"
#include "taskward/base/errors.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/model/account.hpp"
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

using TableRow = std::vector<std::string>;
/// Prints rows with aligned columns.
void print_aligned(const std::vector<TableRow>& rows);

}  // namespace taskward::programs
