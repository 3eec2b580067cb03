// Many changes of tasks in one statement. Refusals are those of store/tasks.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "taskward/store/tasks.hpp"

namespace taskward::store {

/// What stands in the way of a batch: the task at one place of it.
struct BatchObstacle {
  enum class Part : std::uint8_t { update, remove } part = Part::update;
  std::size_t index = 0;
  enum class Kind : std::uint8_t { not_found, stale_version } kind = Kind::not_found;
};

/// The tasks as they are afterwards, in the order of the batch.
struct BatchDone {
  std::vector<model::Task> created;
  std::vector<model::Task> updated;
  std::vector<TaskId> removed;
};

/// Does all of the batch, or nothing and says everything that stands in its way. `created` are the ids of
/// the new tasks; `records` has an id for each change, which are recorded one by one. 422 quota_exceeded,
/// 422 idempotency_key_reused, 409 answer_erased.
[[nodiscard]] Result<std::variant<BatchDone, std::vector<BatchObstacle>>> change_tasks(
    db::Connection& database, const WriteTasks& access, const model::TaskBatch& batch,
    std::span<const TaskId> created, std::span<const AuditId> records, int quota,
    const std::optional<IdempotencyKey>& key, const model::Origin& origin);

/// Makes the tasks in their order, as many as there is room for, in one transaction, and says how many
/// those were. What is not in the past of created_at and completed_at is now.
[[nodiscard]] Result<std::size_t> insert_tasks(db::Connection& database, const WriteTasks& access,
                                               const std::vector<model::ImportedTask>& tasks,
                                               std::span<const TaskId> created,
                                               std::span<const AuditId> records, int quota,
                                               const std::optional<IdempotencyKey>& key,
                                               const model::Origin& origin);

}  // namespace taskward::store
