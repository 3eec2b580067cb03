// Reads the settings from all their sources, or says everything that is wrong with them.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/config/options.hpp"

namespace taskward::config {

/// Where settings come from, the later ones winning.
struct Sources {
  /// Read if not empty. `file_required` says whether it must exist.
  std::string file;
  bool file_required = false;
  std::string file_named_by;  ///< what named it, for messages
  std::map<std::string, std::string> environment;
  /// Keys and values of the command line, in the table's spelling.
  std::vector<std::pair<std::string, std::string>> command_line;
};

/// The file that is read when none is named.
inline constexpr std::string_view kDefaultFile = "/etc/taskward/taskward.conf";

/// The process's environment, and the file it names in TASKWARD_CONFIG unless one is given.
[[nodiscard]] Sources sources_of_process(const std::string& named_file);

/// A setting as it is in force.
struct Effective {
  const Option* option;
  std::string value;  ///< masked when secret
  std::string source;
};

struct Loaded {
  Settings settings;
  std::vector<Effective> effective;  ///< in the table's order
};

/// Names every setting at fault, its source and what is allowed, a line each. Never quotes a secret.
class BadSettings : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws BadSettings.
[[nodiscard]] Loaded load(const Sources& sources);

/// Throws BadSettings unless the setting, which has no default, has a value. Not every program needs
/// every setting.
void require(const Loaded& loaded, std::string_view key);

/// Throws BadSettings when a login at the mail server has a name and no password. Only who delivers mail is
/// given the password.
void require_mail_login(const Loaded& loaded);

/// `taskward config`: key, value and source of each, as a table.
[[nodiscard]] std::string describe(const Loaded& loaded);
/// An example of the settings file, every setting with its help and default, commented out.
[[nodiscard]] std::string example_file();
/// The same as a file of environment variables.
[[nodiscard]] std::string example_environment();

}  // namespace taskward::config
