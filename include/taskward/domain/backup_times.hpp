// When backups last succeeded and were verified on this host. In files and not in the database, which a
// restore would set back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "taskward/base/clock.hpp"

namespace taskward::domain {

enum class BackupEvent : std::uint8_t { success, verified };

/// Throws std::system_error.
void record_time(const std::string& folder, BackupEvent event, Timestamp time);
/// Nothing if there is no file, or an invalid one, or no folder.
[[nodiscard]] std::optional<Timestamp> last_time(const std::string& folder, BackupEvent event);

}  // namespace taskward::domain
