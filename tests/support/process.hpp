// Runs another program to completion, with a time limit.
//
//   CommandResult done = run_command({.words = {"psql", "-c", "select 1"}});
//   BOOST_TEST(done.status == 0);
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace taskward::test {

using Environment = std::map<std::string, std::string>;

/// Whether a program inherits the environment of the test in addition to the given variables.
enum class Inherit { everything, nothing };

struct Command {
  std::vector<std::string> words;  ///< the first is looked up in PATH
  Environment environment = {};
  Inherit inherit = Inherit::everything;
  std::string input = {};
  std::chrono::seconds limit{120};
};

struct CommandResult {
  int status = -1;  ///< exit status, or 128 + the number of the signal that terminated it
  std::string out;
  std::string err;
};

/// Throws std::runtime_error if the program cannot be started or exceeds its limit (its process group is
/// killed then). Thread-safe.
[[nodiscard]] CommandResult run_command(const Command& command);

}  // namespace taskward::test
