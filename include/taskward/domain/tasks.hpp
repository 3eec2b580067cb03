// What can be done with tasks. Refusals are those of store/tasks.hpp.
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

/// What a key and the request that came with it are remembered by: the route, the content type and the body.
[[nodiscard]] IdempotencyKey idempotency_key(std::string_view key, std::string_view route,
                                             std::string_view content_type, std::string_view body);

[[nodiscard]] Result<model::Task> create_task(const Resources& resources, const WriteTasks& access,
                                              const model::NewTask& task,
                                              const std::optional<IdempotencyKey>& key,
                                              const model::Origin& origin);
[[nodiscard]] Result<model::Task> read_task(const Resources& resources, const ReadTasks& access,
                                            const TaskId& id);
[[nodiscard]] Result<model::Task> change_task(const Resources& resources, const WriteTasks& access,
                                              const TaskId& id, const model::TaskChange& change,
                                              const model::Precondition& precondition,
                                              const model::Origin& origin);
/// Into the trash, for model::kTrashPeriod.
[[nodiscard]] Result<Done> delete_task(const Resources& resources, const WriteTasks& access, const TaskId& id,
                                       const model::Precondition& precondition, const model::Origin& origin);
/// For good.
[[nodiscard]] Result<Done> erase_task(const Resources& resources, const WriteTasks& access, const TaskId& id,
                                      const model::Precondition& precondition, const model::Origin& origin);
[[nodiscard]] Result<model::Task> restore_task(const Resources& resources, const WriteTasks& access,
                                               const TaskId& id, const model::Precondition& precondition,
                                               const model::Origin& origin);

/// All of the batch or nothing: 422 validation_failed names each task that stands in its way, as
/// `update[2].id`, `update[2].version` or `delete[0]`.
[[nodiscard]] Result<BatchDone> apply_batch(const Resources& resources, const WriteTasks& access,
                                            const model::TaskBatch& batch,
                                            const std::optional<IdempotencyKey>& key,
                                            const model::Origin& origin);

/// One page of a list: from an offset, or from where the page before ended, or from the beginning.
struct TaskQuery {
  model::TaskFilter filter;
  int limit = model::kPageLimitDefault;
  int offset = 0;
  std::optional<std::string> cursor;
  store::TaskListing::Total total = store::TaskListing::Total::leave;
};

struct TaskPage {
  std::vector<model::Task> tasks;
  std::optional<std::string> next_cursor;  ///< nothing on the last page
  std::optional<std::int64_t> total;
};

/// 422 validation_failed for a cursor that was not given for this list.
[[nodiscard]] Result<TaskPage> list_tasks(const Resources& resources, const ReadTasks& access,
                                          const TaskQuery& query);

/// All of one's tasks, a few at a time, by id. Those that are there from the beginning to the end come once;
/// those that come or go meanwhile may come or not. The resources outlive it.
class TaskExport {
 public:
  TaskExport(const Resources& resources, const ReadTasks& access, const model::AuditStamp& stamp)
      : resources_(resources), access_(access), stamp_(stamp) {}

  /// The next ones, or none at the end. The first call records that they are taken.
  [[nodiscard]] Result<std::vector<model::Task>> next();

 private:
  Resources resources_;
  ReadTasks access_;
  model::AuditStamp stamp_;
  TaskId last_;
  bool is_over_ = false;
};

}  // namespace taskward::domain
