// Changes of several tasks in one statement. Refusals are those of store/tasks.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "taskward/store/tasks.hpp"

namespace taskward::store {

/// Why a batch cannot be applied: the task at an index of one of its parts.
struct BatchConflict {
  enum class Part : std::uint8_t { update, remove } part = Part::update;
  std::size_t index = 0;
  enum class Kind : std::uint8_t { not_found, stale_version } kind = Kind::not_found;
};

/// The tasks after the changes, in the order of the batch.
struct BatchDone {
  std::vector<model::Task> created;
  std::vector<model::Task> updated;
  std::vector<TaskId> removed;
};

/// How many ids of audit records a batch may need: one for each change, one for each task that is evicted
/// from the trash, and one for a refusal.
[[nodiscard]] std::size_t records_of(const model::TaskBatch& batch) noexcept;

/// Applies all of the batch, or nothing and returns all conflicts. `created` are the ids of the new tasks,
/// `records` the ids of the audit records (records_of). 422 quota_exceeded, 422 idempotency_key_reused, 409
/// answer_erased.
[[nodiscard]] Result<std::variant<BatchDone, std::vector<BatchConflict>>> apply_batch(
    db::Connection& database, const WriteTasks& access, const model::TaskBatch& batch,
    std::span<const TaskId> created, std::span<const AuditId> records, int quota,
    const std::optional<IdempotencyKey>& key, const model::Origin& origin);

}  // namespace taskward::store
