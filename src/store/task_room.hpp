// How many more tasks an owner may have, kept as the sum of a few rows (taskward.task_room).
//
// Whoever makes a task takes 1 from a row that nobody else is just taking from, so that many who make tasks
// for one owner at once do not wait for one another's commits; whoever deletes one gives 1 back to the first
// row. When nothing can be taken, the room is settled: under the lock of every row, which tells exactly
// whether there is any, and then it is spread over all shards, or gathered in the first when it is little.
//
// The room follows TASKS_PER_USER: the first row says for which quota it was reckoned, and nobody takes from
// rows of another. taskward-background counts everybody's tasks once a day (store/task_upkeep.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sql_text.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/db/failure.hpp"

namespace taskward::store {

inline constexpr int kRoomShards = 16;
/// Less than this is not worth spreading, and spread it would leave shards with nothing.
inline constexpr int kRoomToSpread = 4 * kRoomShards;

/// Whether to wait for a shard that somebody else is just taking from, or to look for another.
enum class RoomWait : std::uint8_t { skip, wait };

/// SQL: how many tasks an owner has, the trash apart.
inline std::string tasks_there_are(const std::string& owner) {
  return "(select count(*) from taskward.tasks n where n.owner_id = " + owner + " and not n.trashed)";
}

/// SQL, a from clause: the shards of the CTE `who`, as r and c, from which can be taken. Those of another
/// quota are not looked at: settling brings them up to date.
inline std::string room_of(const std::string& who, const std::string& quota) {
  return filled(R"(taskward.task_room r join {who} c on r.owner_id = c.id and r.room > 0
     and exists (select from taskward.task_room q
                  where q.owner_id = c.id and q.shard = 0 and q.quota = {quota}::integer))",
                {{"who", who}, {"quota", quota}});
}

/// CTEs that take room for one task of the CTE `who` (one row with an id, or none): afterwards `roomy` has
/// one row if there was. An owner who has none of the rows yet gets the first.
inline std::string take_room_for_one(const std::string& who, const std::string& quota, RoomWait wait) {
  // A case is evaluated in its order: an owner who has a row is not counted.
  return filled(R"(, free as materialized (
  select r.shard from {room} order by r.shard limit 1 for update of r {wait}
), taken as (
  update taskward.task_room r set room = r.room - 1 from free f, {who} c
   where r.owner_id = c.id and r.shard = f.shard
  returning 1
), begun as (
  insert into taskward.task_room (owner_id, shard, room, quota)
  select c.id, 0, {quota}::integer - 1 - {count}, {quota}::integer from {who} c
   where case when exists (select from taskward.task_room r where r.owner_id = c.id) then false
              else {count} < {quota}::integer end
  on conflict do nothing returning 1
), roomy as (
  select from taken union all select from begun
))",
                {{"room", room_of(who, quota)},
                 {"wait", wait == RoomWait::skip ? "skip locked" : ""},
                 {"who", who},
                 {"quota", quota},
                 {"count", tasks_there_are("c.id")}});
}

/// CTEs that take room for `need.n` tasks of the CTE `who`, from as many shards as that takes: `taken` has
/// rows if there was enough.
inline std::string take_room(const std::string& who, const std::string& quota) {
  return filled(R"(, free as materialized (
  select r.shard, r.room from {room} cross join need where need.n > 0 order by r.shard for update of r
), shares as (
  select f.shard, greatest(0, least(f.room, n.n - (sum(f.room) over (order by f.shard) - f.room))) as share,
         sum(f.room) over () >= n.n as is_enough
    from free f cross join need n
), taken as (
  update taskward.task_room r set room = r.room - s.share from shares s, {who} c
   where r.owner_id = c.id and r.shard = s.shard and s.is_enough and s.share > 0
  returning 1
))",
                {{"room", room_of(who, quota)}, {"who", who}});
}

/// A CTE that gives back the room of what the CTE `gone` has.
inline std::string give_room_back(const std::string& gone) {
  return filled(R"(, given_back as (
  update taskward.task_room r set room = r.room + g.count
    from (select owner_id, count(*) from {gone} group by owner_id) g
   where r.owner_id = g.owner_id and r.shard = 0
))",
                {{"gone", gone}});
}

/// Makes the owner's rows, brings them up to that quota, takes room for `take` tasks or for as many as there
/// is, and spreads the rest. How much there was: what is not above 0 is none. Inside a transaction nobody
/// else changes it until that ends.
[[nodiscard]] std::int64_t settle_room(db::Connection& database, const UserId& owner, int quota,
                                       std::int64_t take);

/// Whether there is much room, and all of it in one row, where those who come at once wait for one another.
[[nodiscard]] bool is_worth_spreading(db::Connection& database, const UserId& owner);

/// 422 quota_exceeded.
[[nodiscard]] Error too_many_tasks(int quota);

/// Calls `attempt` until it gives something. It gives nothing when it lacked room for `needed` tasks, first
/// without waiting for anybody and then with waiting. Only then is the room settled, which all others wait
/// for.
template <class T, class Attempt>
[[nodiscard]] Result<T> where_there_is_room(db::Connection& database, const UserId& owner, int quota,
                                            std::int64_t needed, const Attempt& attempt) {
  constexpr int most = 20;
  const auto settle = [&] {
    db::Transaction transaction(database);
    const std::int64_t room = settle_room(database, owner, quota, 0);
    transaction.commit();
    return room;
  };
  if (std::optional<Result<T>> outcome = attempt(RoomWait::skip)) return std::move(*outcome);
  if (is_worth_spreading(database, owner)) static_cast<void>(settle());
  for (int tries = 0; tries < most; ++tries) {
    if (std::optional<Result<T>> outcome = attempt(RoomWait::wait)) return std::move(*outcome);
    if (settle() < needed) return too_many_tasks(quota);
  }
  throw db::Unavailable("others took the room for a task at every try");
}

}  // namespace taskward::store
