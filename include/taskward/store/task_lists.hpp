// Lists of tasks. Refusals are those of store/tasks.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/store/replica.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::store {

/// A position in a list: after the task with that id, whose sort key is `key`. No key means that it has none
/// (no due date).
struct TaskPosition {
  std::optional<std::string> key;
  TaskId id;
};

struct TaskListing {
  const model::TaskFilter& filter;
  std::int64_t limit = 0;
  std::int64_t offset = 0;
  std::optional<TaskPosition> after{};
  enum class Total : std::uint8_t { leave, count } total = Total::leave;
};

struct ListedTasks {
  std::vector<model::Task> tasks;
  std::optional<std::int64_t> total;  ///< of all matching tasks, if requested
  model::TaskSort sort = model::TaskSort::created_at;
  std::vector<std::string> ranks;  ///< of each task, if sorted by relevance

  /// The position of the task with that index.
  [[nodiscard]] TaskPosition position(std::size_t index) const;
};

/// Ties are broken by id. Tasks without a due date come last in either order by due date. One statement; a
/// second one when an owner's tasks were indexed since this process last looked. Read from the replica if
/// there is one (store/replica.hpp), except a page of up to the default length in the order of creation,
/// without a filter or with one status, and without total and offset: that costs the primary no more.
[[nodiscard]] Result<ListedTasks> list_tasks(db::Connection& database, OwnerHints& hints,
                                             const ReadTasks& access, const TaskListing& listing,
                                             Replica* replica = nullptr);

/// Up to `limit` tasks after that id, ordered by id. The first call, with the nil id, is recorded. Read from
/// the replica like lists.
[[nodiscard]] Result<std::vector<model::Task>> export_tasks(db::Connection& database, const ReadTasks& access,
                                                            const TaskId& after, std::int64_t limit,
                                                            const model::AuditStamp& stamp,
                                                            Replica* replica = nullptr);

}  // namespace taskward::store
