// Creating many tasks in one transaction. Refusals are those of store/tasks.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "taskward/store/tasks.hpp"

namespace taskward::store {

/// Creates the tasks in their order, as many as the quota allows, and returns how many. `created` are their
/// ids, `records` the ids of as many audit records and one more for a refusal. A created_at or completed_at
/// that is missing or in the future is replaced by the current time. 422 idempotency_key_reused.
///
/// A statement inserts some hundred tasks. The quota is taken only at the end, so that other transactions of
/// the same owner do not wait for the whole import.
[[nodiscard]] Result<std::size_t> insert_tasks(db::Connection& database, const WriteTasks& access,
                                               std::span<const model::ImportedTask> tasks,
                                               std::span<const TaskId> created,
                                               std::span<const AuditId> records, int quota,
                                               const std::optional<IdempotencyKey>& key,
                                               const model::Origin& origin);

}  // namespace taskward::store
