// Background maintenance of tasks: emptying the trash, recounting quotas, and indexing the tasks of owners
// who have many.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"

namespace taskward::store {

/// Permanently deletes tasks that have been in the trash for longer than model::kTrashPeriod, at most one for
/// each id, under which it is recorded. Skips tasks that are locked by other transactions. Returns how many.
[[nodiscard]] std::int64_t empty_trash(db::Connection& database, std::span<const AuditId> records);

/// Counts the tasks of one owner whose quota was last recounted more than a day ago, and corrects the stored
/// free quota. False when there is no such owner.
[[nodiscard]] bool recount_old_quota(db::Connection& database);

// Adding the tasks of an owner who has become a large one to taskward.task_index. From a moment on, every
// statement that creates one of the owner's tasks adds it itself. When no transaction is left that began
// before, the others are added in batches, and then lists may use the index.

/// An owner whose new tasks are indexed, and a moment from which on they are.
struct OwnerToIndex {
  UserId owner;
  Timestamp since;
};
[[nodiscard]] std::optional<OwnerToIndex> find_owner_to_index(db::Connection& database);

/// Whether a transaction that began before the moment may still write tasks.
[[nodiscard]] bool has_earlier_writers(db::Connection& database, Timestamp moment);

/// Adds up to `limit` tasks after that id, ordered by id, and returns the last id; nothing when there are
/// none.
[[nodiscard]] std::optional<TaskId> index_some_tasks(db::Connection& database, const UserId& owner,
                                                     const TaskId& after, std::int64_t limit);

/// Updates the statistics of the index, and lets lists use it.
void finish_index_of_tasks(db::Connection& database, const UserId& owner);

}  // namespace taskward::store
