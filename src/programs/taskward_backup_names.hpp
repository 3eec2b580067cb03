// The names of backups in a directory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"

namespace taskward::programs {

inline constexpr std::string_view kPartSuffix = ".part";

/// Such as taskward-20260131T235959Z.backup, with .age if it is encrypted.
[[nodiscard]] std::string backup_name(Timestamp time, bool is_encrypted);
/// The names of files that backup_name() could have returned, with the suffix, oldest first.
[[nodiscard]] std::vector<std::string> backups_in(const std::string& folder, std::string_view suffix = {});

}  // namespace taskward::programs
