// What is done for tasks without anybody asking: the trash is emptied, and what everybody has is counted.
#pragma once

#include <cstdint>
#include <span>

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"

namespace taskward::store {

/// Deletes tasks for good that have been in the trash for longer than model::kTrashPeriod, one for each of
/// the ids, under which that is recorded, at most. Passes over those that somebody is just working on. How
/// many it were.
[[nodiscard]] std::int64_t empty_trash(db::Connection& database, std::span<const AuditId> records);

/// Counts the tasks of one owner whose room was last reckoned more than a day ago, and mends the room if it
/// is another than it was kept as. False when there is nobody left to count.
[[nodiscard]] bool reckon_room(db::Connection& database);

}  // namespace taskward::store
