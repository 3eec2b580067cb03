// What can be done with tasks. Refusals are those of store/tasks.hpp.
#pragma once

#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/task.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::domain {

using store::ReadTasks;
using store::WriteTasks;

[[nodiscard]] Result<model::Task> create_task(const Resources& resources, const WriteTasks& access,
                                              const model::NewTask& task, const model::Origin& origin);
[[nodiscard]] Result<model::Task> read_task(const Resources& resources, const ReadTasks& access,
                                            const TaskId& id);
[[nodiscard]] Result<std::vector<model::Task>> list_tasks(const Resources& resources, const ReadTasks& access,
                                                          const model::TaskQuery& query);
[[nodiscard]] Result<model::Task> change_task(const Resources& resources, const WriteTasks& access,
                                              const TaskId& id, const model::TaskChange& change,
                                              const model::Origin& origin);
[[nodiscard]] Result<Done> delete_task(const Resources& resources, const WriteTasks& access, const TaskId& id,
                                       const model::Origin& origin);

}  // namespace taskward::domain
