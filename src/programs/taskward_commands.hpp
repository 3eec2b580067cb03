// The subcommands of `taskward`. Each takes the words behind its name and gives the exit code.
#pragma once

#include <span>
#include <string>

#include "taskward/config/command_line.hpp"
#include "taskward/config/load.hpp"

namespace taskward::programs {

/// Every command takes these.
inline constexpr config::Flag kHelpFlag{"help", "", "Print this and exit."};
inline constexpr config::Flag kConfigFlag{
    "config", "FILE",
    "The settings file; else TASKWARD_CONFIG, else /etc/taskward/taskward.conf if it exists."};

/// The settings as the command line names their sources. Throws config::BadSettings.
[[nodiscard]] config::Loaded load_settings(const config::CommandLine& line);

int migrate_command(std::span<const std::string> words);
int user_command(std::span<const std::string> words);
int config_command(std::span<const std::string> words);
int routes_command(std::span<const std::string> words);
int errors_command(std::span<const std::string> words);
int generate_command(std::span<const std::string> words);
int listen_command(std::span<const std::string> words);

}  // namespace taskward::programs
