// Background maintenance of tasks: emptying the trash, and recounting quotas.
#pragma once

#include <cstdint>
#include <span>

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"

namespace taskward::store {

/// Permanently deletes tasks that have been in the trash for longer than model::kTrashPeriod, at most one for
/// each id, under which it is recorded. Skips tasks that are locked by other transactions. Returns how many.
[[nodiscard]] std::int64_t empty_trash(db::Connection& database, std::span<const AuditId> records);

/// Counts the tasks of one owner whose quota was last recounted more than a day ago, and corrects the stored
/// free quota. False when there is no such owner.
[[nodiscard]] bool recount_quota(db::Connection& database);

}  // namespace taskward::store
