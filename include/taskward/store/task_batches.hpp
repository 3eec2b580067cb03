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

/// How many ids of records a batch may need: one for each change, one for each task that is crowded out of
/// the trash by another, and one for a refusal.
[[nodiscard]] std::size_t records_of(const model::TaskBatch& batch) noexcept;

/// Does all of the batch, or nothing and says everything that stands in its way. `created` are the ids of
/// the new tasks, `records` the ids of the records (records_of). 422 quota_exceeded, 422
/// idempotency_key_reused, 409 answer_erased.
[[nodiscard]] Result<std::variant<BatchDone, std::vector<BatchObstacle>>> apply_batch(
    db::Connection& database, const WriteTasks& access, const model::TaskBatch& batch,
    std::span<const TaskId> created, std::span<const AuditId> records, int quota,
    const std::optional<IdempotencyKey>& key, const model::Origin& origin);

}  // namespace taskward::store
