// What the subcommands of `taskward user` have in common: reading what is given, and showing what there is.
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

// Each throws BadCommandLine when the option is given and is not as it must be.
[[nodiscard]] std::optional<std::string> email_option(const config::CommandLine& line);
[[nodiscard]] std::optional<std::string> username_option(const config::CommandLine& line);
[[nodiscard]] std::optional<model::Role> role_option(const config::CommandLine& line);

/// One line of standard input.
[[nodiscard]] Secret read_password();

/// Says why, and gives the exit code.
int tell_refusal(const Error& error);
int tell_unknown_user(std::string_view user);

/// The text as a terminal may have it: control characters, and those that turn the direction of what is
/// written, are spelled out.
[[nodiscard]] std::string for_terminal(std::string_view text);

using TableRow = std::vector<std::string>;
/// Rows of equally many cells, the first one the heads, with their columns beneath each other.
void print_aligned(const std::vector<TableRow>& rows);

}  // namespace taskward::programs
