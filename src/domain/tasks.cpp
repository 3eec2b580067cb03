#include "taskward/domain/tasks.hpp"

namespace taskward::domain {

Result<model::Task> create_task(const Resources& resources, const WriteTasks& access,
                                const model::NewTask& task, const model::Origin& origin) {
  return store::insert_task(resources.database, access, TaskId::make(resources.clock, resources.random), task,
                            resources.stamp(origin));
}

Result<model::Task> read_task(const Resources& resources, const ReadTasks& access, const TaskId& id) {
  return store::find_task(resources.database, access, id);
}

Result<std::vector<model::Task>> list_tasks(const Resources& resources, const ReadTasks& access,
                                            const model::TaskQuery& query) {
  return store::list_tasks(resources.database, access, query);
}

Result<model::Task> change_task(const Resources& resources, const WriteTasks& access, const TaskId& id,
                                const model::TaskChange& change, const model::Origin& origin) {
  return store::update_task(resources.database, access, id, change, resources.stamp(origin));
}

Result<Done> delete_task(const Resources& resources, const WriteTasks& access, const TaskId& id,
                         const model::Origin& origin) {
  return store::delete_task(resources.database, access, id, resources.stamp(origin));
}

}  // namespace taskward::domain
