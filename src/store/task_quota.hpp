// The free quota of an owner: how many more tasks the owner may create, kept in taskward.task_room (shard 0,
// column `room`).
//
// Far from the limit (at least kQuotaMargin free), creating a task only reads the row, so that concurrent
// requests for one owner do not wait for each other's commits; the created tasks are subtracted later,
// several at once (store/owner_hints.hpp). Near it the row is exact: it is recounted once under its lock, and
// each creation then subtracts 1. The quota can be exceeded by the creations that are in progress during that
// recount, and by what processes did not subtract since the last one, beyond kQuotaMargin.
//
// The row stores the quota (TASKS_PER_USER) that it was computed for; nothing is taken from one computed for
// another quota. taskward-background counts the tasks of every owner once a day (store/task_upkeep.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "taskward/base/ids.hpp"
#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/db/failure.hpp"
#include "taskward/store/owner_hints.hpp"

namespace taskward::store {

/// SQL: how many tasks an owner has, those in the trash not counted.
[[nodiscard]] std::string task_count(const std::string& owner);

/// SQL: whether the owner is so far from the limit that a task may be created without taking quota.
[[nodiscard]] std::string has_ample_quota(const std::string& owner, const std::string& quota);

/// CTEs that take quota for one task of the CTE `owner` (one row with an id, or none): `quota_taken` has a
/// row if there was any. `settle` is SQL for how many created tasks are subtracted far from the limit
/// (OwnerHints::Settlement).
[[nodiscard]] std::string take_quota_for_one(const std::string& owner, const std::string& quota,
                                             const std::string& settle);

/// CTEs that take quota for `need.n` tasks of the CTE `owner`: `taken` has a row if there was enough.
[[nodiscard]] std::string take_quota(const std::string& owner, const std::string& quota);

/// The SET list of an update of taskward.task_room r that returns the quota of `count` tasks.
[[nodiscard]] std::string more_quota(const std::string& count);

/// A CTE that returns the quota of the tasks of the CTE `deleted`.
[[nodiscard]] std::string return_quota(const std::string& deleted);

/// Counts the owner's tasks and stores the free quota, which is exact afterwards unless much more than
/// `needed` is left. Returns it; it is negative when the owner has more tasks than the quota. Must be run in
/// a transaction, until the end of which no other can change it.
[[nodiscard]] std::int64_t recount_quota(db::Connection& database, const UserId& owner, int quota,
                                         std::int64_t needed);

/// 422 quota_exceeded.
[[nodiscard]] Error quota_exceeded(int quota);

/// Calls `attempt` until it returns a result. It must return nothing when there was not enough quota for
/// `needed` tasks. Between two attempts the quota is recounted. Returns 422 quota_exceeded if the recount
/// finds less than `needed`.
template <class T, class Attempt>
[[nodiscard]] Result<T> within_quota(db::Connection& database, const UserId& owner, int quota,
                                     std::int64_t needed, const Attempt& attempt) {
  constexpr int max_attempts = 20;
  for (int tries = 0; tries < max_attempts; ++tries) {
    if (std::optional<Result<T>> outcome = attempt()) return std::move(*outcome);
    db::Transaction transaction(database);
    const std::int64_t free = recount_quota(database, owner, quota, needed);
    transaction.commit();
    if (free < needed) return quota_exceeded(quota);
  }
  throw db::Unavailable("other transactions took the free task quota at every attempt");
}

}  // namespace taskward::store
