// Creating many tasks in one transaction. Refusals are those of store/tasks.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::store {

struct ImportDone {
  std::size_t imported = 0;
  Timestamp at;  ///< `at` of the first request with the key
};

/// Creates the tasks in their order, as many as the quota allows. `created` are their ids, `records` the ids
/// of as many audit records and one more for a refusal, `at` is stored with the key. A task without
/// created_at was created when it was completed, or now; a done task without completed_at is completed now.
/// Only a done task may have completed_at. 422 idempotency_key_reused.
///
/// A statement inserts some hundred tasks. The quota is taken only at the end, so that other transactions of
/// the same owner do not wait for the whole import.
[[nodiscard]] Result<ImportDone> insert_tasks(db::Connection& database, const WriteTasks& access,
                                              std::span<const model::ImportedTask> tasks,
                                              std::span<const TaskId> created,
                                              std::span<const AuditId> records, int quota,
                                              const std::optional<IdempotencyKey>& key, Timestamp at,
                                              const model::Origin& origin);

}  // namespace taskward::store
