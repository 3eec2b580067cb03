// The command line: a program's options and the settings, and the help text of both.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskward::config {

/// An option of a program. `value` is the placeholder in the help text; empty if the option has no argument.
struct Flag {
  std::string_view name;
  std::string_view value;
  std::string_view help;
};

struct CommandLine {
  std::map<std::string, std::string> flags;  ///< the value is "" for an option without an argument
  std::vector<std::string> operands;
  std::vector<std::pair<std::string, std::string>> settings;  ///< by Option::key

  [[nodiscard]] bool has(const std::string& flag) const { return flags.count(flag) != 0; }
  [[nodiscard]] std::optional<std::string> value(const std::string& flag) const;
};

/// The text names the argument and the error.
class BadCommandLine : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws BadCommandLine for an unknown or repeated option, a missing value, or more than `most_operands`
/// operands.
[[nodiscard]] CommandLine read_command_line(std::span<const std::string> words, std::span<const Flag> flags,
                                            std::size_t most_operands = 0);

/// The options and the settings, for --help.
[[nodiscard]] std::string options_help(std::span<const Flag> flags);

}  // namespace taskward::config
