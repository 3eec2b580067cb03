// Tasks. Every function takes the access that the route granted, and its statement checks session,
// user and role, does the work and writes the audit record in one.
//
// All of them: 401 invalid_token when the session has ended or the user is inactive, 403 forbidden
// (audited) when the role does not hold the permission now. Someone else's task is 404 not_found.
#pragma once

#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/task.hpp"

namespace taskward::store {

using ReadTasks = model::Access<model::Permission::read_tasks>;
using WriteTasks = model::Access<model::Permission::write_tasks>;

[[nodiscard]] Result<model::Task> insert_task(db::Connection& database, const WriteTasks& access,
                                              const TaskId& id, const model::NewTask& task,
                                              const model::AuditStamp& stamp);

[[nodiscard]] Result<model::Task> find_task(db::Connection& database, const ReadTasks& access,
                                            const TaskId& id);

/// Newest first.
[[nodiscard]] Result<std::vector<model::Task>> list_tasks(db::Connection& database, const ReadTasks& access,
                                                          const model::TaskQuery& query);

/// The task as it is afterwards. A change that changes nothing leaves the version and the record alone.
[[nodiscard]] Result<model::Task> update_task(db::Connection& database, const WriteTasks& access,
                                              const TaskId& id, const model::TaskChange& change,
                                              const model::AuditStamp& stamp);

[[nodiscard]] Result<Done> delete_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                       const model::AuditStamp& stamp);

}  // namespace taskward::store
