// Use cases of tasks. Errors are those of store/tasks.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/task.hpp"
#include "taskward/store/task_batches.hpp"
#include "taskward/store/task_lists.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::domain {

using store::BatchDone;
using store::IdempotencyKey;
using store::ReadTasks;
using store::WriteTasks;

/// The hashes of an Idempotency-Key and of its request: route, content type and body.
[[nodiscard]] IdempotencyKey idempotency_key(std::string_view key, std::string_view route,
                                             std::string_view content_type, std::string_view body);

/// Creates a task within the quota.
[[nodiscard]] Result<model::Task> create_task(const Resources& resources, const WriteTasks& access,
                                              const model::NewTask& task,
                                              const std::optional<IdempotencyKey>& key,
                                              const model::Origin& origin);

/// Moves the task to the trash, where it is kept for model::kTrashPeriod. The trash holds as many tasks as
/// the quota allows; the oldest one is evicted.
[[nodiscard]] Result<Done> delete_task(const Resources& resources, const WriteTasks& access, const TaskId& id,
                                       const model::Precondition& precondition, const model::Origin& origin);

/// Restores the task from the trash within the quota.
[[nodiscard]] Result<model::Task> restore_task(const Resources& resources, const WriteTasks& access,
                                               const TaskId& id, const model::Precondition& precondition,
                                               const model::Origin& origin);

/// Applies the whole batch or nothing. 422 validation_failed names each conflicting item, such as
/// `update[2].id`, `update[2].version` or `delete[0]`.
[[nodiscard]] Result<BatchDone> apply_batch(const Resources& resources, const WriteTasks& access,
                                            const model::TaskBatch& batch,
                                            const std::optional<IdempotencyKey>& key,
                                            const model::Origin& origin);

/// One page of a list, starting at an offset or a cursor, or at the beginning.
struct TaskQuery {
  model::TaskFilter filter;
  int limit = model::kPageLimitDefault;
  int offset = 0;
  std::optional<std::string> cursor;
  store::TaskListing::Total total = store::TaskListing::Total::leave;
};

struct TaskPage {
  std::vector<model::Task> tasks;
  std::optional<std::string> next_cursor;  ///< none on the last page
  std::optional<std::int64_t> total;
};

/// 422 validation_failed for a cursor that was not issued for this list.
[[nodiscard]] Result<TaskPage> list_tasks(const Resources& resources, const ReadTasks& access,
                                          const TaskQuery& query);

/// All tasks of the caller in batches, ordered by id. A task that exists throughout the export is returned
/// exactly once; one that is created or deleted meanwhile may be missing. The resources must outlive it.
class TaskExport {
 public:
  TaskExport(const Resources& resources, const ReadTasks& access, const model::AuditStamp& stamp)
      : resources_(resources), access_(access), stamp_(stamp) {}

  /// The next batch; empty at the end. The first call records the export in the audit log.
  [[nodiscard]] Result<std::vector<model::Task>> next();

 private:
  Resources resources_;
  ReadTasks access_;
  model::AuditStamp stamp_;
  TaskId last_;
  bool is_over_ = false;
};

}  // namespace taskward::domain
