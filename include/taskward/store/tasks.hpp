// Tasks. Every function takes the access that the route granted, and its statement checks session,
// user and role, does the work and writes the audit record in one.
//
// All of them: 401 invalid_token when the session has ended or the user is inactive, 403 forbidden
// (audited) when the role does not hold the permission now. Someone else's task is 404 not_found.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/task.hpp"

namespace taskward::store {

using ReadTasks = model::Access<model::Permission::read_tasks>;
using WriteTasks = model::Access<model::Permission::write_tasks>;

/// How long a key is remembered, from its first use.
inline constexpr std::chrono::hours kIdempotencyPeriod{24};

/// An Idempotency-Key, and the request that came with it.
struct IdempotencyKey {
  crypto::Sha256 key{};
  crypto::Sha256 request{};
};

/// Makes the task, or gives again what a request with the same key made: 422 idempotency_key_reused when
/// that was another request, 409 answer_erased when its task has been deleted for good. 422 quota_exceeded
/// when the owner has `quota` tasks, those in the trash not counted.
///
/// One statement, unless there is no room at hand: then the room is reckoned first (store/task_room.hpp).
[[nodiscard]] Result<model::Task> insert_task(db::Connection& database, const WriteTasks& access,
                                              const TaskId& id, const model::NewTask& task, int quota,
                                              const std::optional<IdempotencyKey>& key,
                                              const model::AuditStamp& stamp);

/// 404 for one in the trash.
[[nodiscard]] Result<model::Task> find_task(db::Connection& database, const ReadTasks& access,
                                            const TaskId& id);

/// The task as it is afterwards. A change that changes nothing leaves the version and the record alone.
/// 412 precondition_failed.
[[nodiscard]] Result<model::Task> update_task(db::Connection& database, const WriteTasks& access,
                                              const TaskId& id, const model::TaskChange& change,
                                              const model::Precondition& precondition,
                                              const model::AuditStamp& stamp);

/// Into the trash, which keeps the last `quota` tasks: an older one is deleted for good, and recorded under
/// the id `crowded_out`. 412 precondition_failed.
[[nodiscard]] Result<Done> delete_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                       const model::Precondition& precondition, int quota,
                                       const AuditId& crowded_out, const model::AuditStamp& stamp);

/// For good, also from the trash. 412 precondition_failed.
[[nodiscard]] Result<Done> erase_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                      const model::Precondition& precondition,
                                      const model::AuditStamp& stamp);

/// Back from the trash; one that is not there stays as it is. 412 precondition_failed, 422 quota_exceeded.
[[nodiscard]] Result<model::Task> restore_task(db::Connection& database, const WriteTasks& access,
                                               const TaskId& id, const model::Precondition& precondition,
                                               int quota, const model::AuditStamp& stamp);

/// A place in a list: behind the task of that id, which has that key in the list's order. No key means that
/// it has none (no due date).
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
  std::vector<TaskPosition> positions;  ///< of each of them
  std::optional<std::int64_t> total;    ///< of all that the filter lets through, if it was asked for
};

/// Every order is total: ties are broken by id. Tasks without a due date come last in either order by it.
[[nodiscard]] Result<ListedTasks> list_tasks(db::Connection& database, const ReadTasks& access,
                                             const TaskListing& listing);

/// Up to `limit` of the tasks behind that id, by id; the first call, with the nil id, is recorded.
[[nodiscard]] Result<std::vector<model::Task>> export_tasks(db::Connection& database, const ReadTasks& access,
                                                            const TaskId& after, std::int64_t limit,
                                                            const model::AuditStamp& stamp);

}  // namespace taskward::store
