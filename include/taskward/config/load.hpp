// Loads the settings from all sources and reports all errors at once.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/config/options.hpp"

namespace taskward::config {

/// Sources of settings, in ascending order of precedence.
struct Sources {
  /// Not read if empty.
  std::string file;
  bool file_required = false;  ///< whether a missing file is an error
  std::string file_named_by;   ///< the source of the file name, for messages
  /// Its files taskward.KEY are read for secrets. Not read if empty.
  std::string credential_store;
  std::map<std::string, std::string> environment;
  /// By Option::key.
  std::vector<std::pair<std::string, std::string>> command_line;
};

/// The default file.
inline constexpr std::string_view kDefaultFile = "/etc/taskward/taskward.conf";

/// The directory from which the units load their credentials, taskward.KEY. Only root can read it.
inline constexpr std::string_view kCredentialStore = "/etc/credstore";

/// The environment of this process, the credential store if it can be read, and the file: `named_file`, or
/// else the one named by TASKWARD_CONFIG.
[[nodiscard]] Sources sources_of_process(const std::string& named_file);

/// A setting in effect.
struct Effective {
  const Option* option;
  std::string value;  ///< masked when secret
  std::string source;
};

struct Loaded {
  Settings settings;
  std::vector<Effective> effective;  ///< in the order of every_option()
};

/// The text has a line for each invalid setting: its name, its source and the allowed values. Never quotes a
/// secret.
class BadSettings : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The file that a source names: that of "FILE:LINE", "KEY_FILE (FILE)", "credential (FILE)" or "FILE".
/// Nothing for other sources.
[[nodiscard]] std::optional<std::string> file_of_source(std::string_view source);

/// Throws BadSettings.
[[nodiscard]] Loaded load(const Sources& sources);

/// Throws BadSettings unless the setting has a value. For settings without a default that not all programs
/// need.
void require(const Loaded& loaded, std::string_view key);

/// Throws BadSettings if MAIL_USERNAME is set without MAIL_PASSWORD. Only the process that delivers mail has
/// the password.
void require_mail_login(const Loaded& loaded);

/// The output of `taskward config`: a table of key, value and source.
[[nodiscard]] std::string describe(const Loaded& loaded);
/// An example settings file: every setting with its help and default, commented out.
[[nodiscard]] std::string example_file();
/// The same as an environment file.
[[nodiscard]] std::string example_environment();

}  // namespace taskward::config
