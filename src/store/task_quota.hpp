// The free quota of an owner: how many more tasks the owner may create, kept as the sum of the column `room`
// of a few rows ("shards") of taskward.task_room.
//
// Creating a task takes 1 from a shard that no other transaction has locked, so that concurrent requests for
// one owner do not wait for each other's commits. Deleting one adds 1 to the first shard. When no shard has
// free quota, it is recounted: with all shards locked the sum is exact, and is then spread over all shards,
// or collected in the first one if it is small.
//
// The first shard stores the quota (TASKS_PER_USER) that the shards were computed for; nothing is taken from
// shards computed for another one. taskward-background counts the tasks of every owner once a day
// (store/task_upkeep.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "taskward/base/ids.hpp"
#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/db/failure.hpp"

namespace taskward::store {

/// Whether to skip a shard that another transaction has locked, or to wait for it.
enum class QuotaWait : std::uint8_t { skip, wait };

/// SQL: how many tasks an owner has, those in the trash not counted.
[[nodiscard]] std::string task_count(const std::string& owner);

/// CTEs that take quota for one task of the CTE `owner` (one row with an id, or none): `quota_taken` has a
/// row if there was any. For an owner without shards the first one is inserted.
[[nodiscard]] std::string take_quota_for_one(const std::string& owner, const std::string& quota,
                                             QuotaWait wait);

/// CTEs that take quota for `need.n` tasks of the CTE `owner`, from as many shards as necessary: `taken` has
/// rows if there was enough.
[[nodiscard]] std::string take_quota(const std::string& owner, const std::string& quota);

/// A CTE that returns the quota of the tasks of the CTE `deleted`.
[[nodiscard]] std::string return_quota(const std::string& deleted);

/// Inserts the owner's shards if necessary, updates them to that quota, takes quota for `take` tasks or for
/// as many as there is, and distributes the rest. Returns the free quota before that; it is negative when the
/// owner has more tasks than the quota. Within a transaction no other can change it until the end.
[[nodiscard]] std::int64_t recount_shards(db::Connection& database, const UserId& owner, int quota,
                                          std::int64_t take);

/// Whether a large free quota is in a single shard, for which concurrent requests wait.
[[nodiscard]] bool should_spread(db::Connection& database, const UserId& owner);

/// 422 quota_exceeded.
[[nodiscard]] Error quota_exceeded(int quota);

/// Calls `attempt` until it returns a result. It must return nothing when there was not enough quota for
/// `needed` tasks. The first attempt skips locked shards, later ones wait. Between them the shards are
/// recounted, which locks all of them. Returns 422 quota_exceeded if the recount finds less than `needed`.
template <class T, class Attempt>
[[nodiscard]] Result<T> within_quota(db::Connection& database, const UserId& owner, int quota,
                                     std::int64_t needed, const Attempt& attempt) {
  constexpr int max_attempts = 20;
  const auto recount = [&] {
    db::Transaction transaction(database);
    const std::int64_t free = recount_shards(database, owner, quota, 0);
    transaction.commit();
    return free;
  };
  if (std::optional<Result<T>> outcome = attempt(QuotaWait::skip)) return std::move(*outcome);
  if (should_spread(database, owner)) static_cast<void>(recount());
  for (int tries = 0; tries < max_attempts; ++tries) {
    if (std::optional<Result<T>> outcome = attempt(QuotaWait::wait)) return std::move(*outcome);
    if (recount() < needed) return quota_exceeded(quota);
  }
  throw db::Unavailable("other transactions took the free task quota at every attempt");
}

}  // namespace taskward::store
