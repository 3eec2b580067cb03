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

#include <optional>
#include <string>

#include "task_parts.hpp"
#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/db/failure.hpp"

namespace taskward::store {

inline constexpr int kRoomShards = 16;
/// Less than this is not worth spreading, and spread it would leave shards with nothing.
inline constexpr int kRoomToSpread = 4 * kRoomShards;

/// Makes the owner's rows, brings them up to that quota and spreads the room. How much there is: what is
/// not above 0 is none. Inside a transaction nobody else changes it until that ends.
[[nodiscard]] std::int64_t settle_room(db::Connection& database, const UserId& owner, int quota);

/// Whether there is much room, and all of it in one row, where those who come at once wait for one another.
[[nodiscard]] bool is_worth_spreading(db::Connection& database, const UserId& owner);

/// 422 quota_exceeded.
[[nodiscard]] Error too_many_tasks(int quota);
[[nodiscard]] Error trash_is_full(int quota);

/// SQL: whether `more` tasks may go into the owner's trash. It bounds what can be stored, so it need not be
/// exact to the last one.
inline std::string trash_has_room(const std::string& owner, const std::string& most,
                                  const std::string& more) {
  return "((select count(*) from (select from taskward.tasks n where n.owner_id = " + owner +
         " and n.trashed limit " + most + "::integer) lain) + " + more + " <= " + most + "::integer)";
}

/// Calls `attempt` until it gives something. It gives nothing when it lacked room for `needed` tasks, first
/// without waiting for anybody and then with waiting. Only then is the room settled, which all others wait
/// for.
template <class T, class Attempt>
[[nodiscard]] Result<T> where_there_is_room(db::Connection& database, const UserId& owner, int quota,
                                            std::int64_t needed, const Attempt& attempt) {
  constexpr int most = 20;
  const auto settle = [&] {
    db::Transaction transaction(database);
    const std::int64_t room = settle_room(database, owner, quota);
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
