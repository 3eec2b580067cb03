// Running another program to its end, with a bound on how long that may take.
//
//   Finished done = run_command({.words = {"psql", "-c", "select 1"}});
//   BOOST_TEST(done.status == 0);
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace taskward::test {

using Environment = std::map<std::string, std::string>;

/// Whether a program sees the environment of the test besides what it is given.
enum class Inherit { everything, nothing };

struct Command {
  std::vector<std::string> words;  ///< the first is looked for in PATH
  Environment environment = {};
  Inherit inherit = Inherit::everything;
  std::string input = {};
  std::chrono::seconds limit{120};
};

struct Finished {
  int status = -1;  ///< exit status, or 128 and the number of the signal that ended it
  std::string out;
  std::string err;
};

/// Throws std::runtime_error when it cannot be started, or is not done in time (it is killed then, with
/// its process group). Any thread may call.
[[nodiscard]] Finished run_command(const Command& command);

}  // namespace taskward::test
