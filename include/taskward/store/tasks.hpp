// Tasks. Every function takes the access that the route granted. Its statement checks session, user and role,
// performs the action and writes the audit record.
//
// All of them return 401 invalid_token when the session has ended or the user is inactive, and 403 forbidden
// (recorded) when the user's current role does not hold the permission. Another user's task is 404 not_found.
#pragma once

#include <chrono>
#include <optional>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/task.hpp"
#include "taskward/store/owner_hints.hpp"

namespace taskward::store {

using ReadTasks = model::Access<model::Permission::read_tasks>;
using WriteTasks = model::Access<model::Permission::write_tasks>;

/// How long a key is stored, from its first use.
inline constexpr std::chrono::hours kIdempotencyPeriod{24};

/// Hashes of an Idempotency-Key and of the request that it came with.
struct IdempotencyKey {
  crypto::Sha256 key{};
  crypto::Sha256 request{};
};

/// Creates the task, or returns the response to an earlier request with the same key. 422
/// idempotency_key_reused when that was a different request, 409 answer_erased when its task has been deleted
/// permanently. 422 quota_exceeded when the owner has `quota` tasks, those in the trash not counted.
///
/// One statement, unless the free quota must be recounted first (store/task_quota.hpp).
[[nodiscard]] Result<model::Task> insert_task(db::Connection& database, OwnerHints& hints,
                                              const WriteTasks& access, const TaskId& id,
                                              const model::NewTask& task, int quota,
                                              const std::optional<IdempotencyKey>& key,
                                              const model::AuditStamp& stamp);

/// 404 for a task in the trash.
[[nodiscard]] Result<model::Task> find_task(db::Connection& database, const ReadTasks& access,
                                            const TaskId& id);

/// The task after the change. A change without effect does not increment the version and is not recorded. 412
/// precondition_failed.
[[nodiscard]] Result<model::Task> update_task(db::Connection& database, const WriteTasks& access,
                                              const TaskId& id, const model::TaskChange& change,
                                              const model::Precondition& precondition,
                                              const model::AuditStamp& stamp);

/// Moves the task to the trash, which keeps the last `quota` tasks: the oldest one is deleted permanently if
/// necessary, and recorded under the id `evicted`. 412 precondition_failed.
[[nodiscard]] Result<Done> delete_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                       const model::Precondition& precondition, int quota,
                                       const AuditId& evicted, const model::AuditStamp& stamp);

/// Deletes the task permanently, in the trash or not. 412 precondition_failed.
[[nodiscard]] Result<Done> erase_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                      const model::Precondition& precondition,
                                      const model::AuditStamp& stamp);

/// Restores the task from the trash; a task that is not there is unchanged. 412 precondition_failed, 422
/// quota_exceeded.
[[nodiscard]] Result<model::Task> restore_task(db::Connection& database, const WriteTasks& access,
                                               const TaskId& id, const model::Precondition& precondition,
                                               int quota, const model::AuditStamp& stamp);

}  // namespace taskward::store
