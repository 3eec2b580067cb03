// Many new tasks in one transaction. Refusals are those of store/tasks.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "taskward/store/tasks.hpp"

namespace taskward::store {

/// Makes the tasks in their order, as many as there is room for, and says how many those were. `created` are
/// their ids, `records` the ids of as many records and one more for a refusal. A created_at or completed_at
/// that is not there, or not in the past, is now. 422 idempotency_key_reused.
///
/// They are written some hundreds a statement, and the owner's room is taken only at the end, so that others
/// who write for the same owner wait a moment and not for the whole.
[[nodiscard]] Result<std::size_t> insert_tasks(db::Connection& database, const WriteTasks& access,
                                               std::span<const model::ImportedTask> tasks,
                                               std::span<const TaskId> created,
                                               std::span<const AuditId> records, int quota,
                                               const std::optional<IdempotencyKey>& key,
                                               const model::Origin& origin);

}  // namespace taskward::store
