#include "task_room.hpp"

#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

// $1 owner, $2 quota. Locks the first row, which it makes if there is none.
const Statement begin_settling{"begin_settling_room", Effect::writes,
                               filled(R"(
insert into taskward.task_room as r (owner_id, shard, room, quota)
select u.id, 0, case when exists (select from taskward.task_room k where k.owner_id = u.id) then 0
                     else $2::integer - {count} end, $2::integer
  from taskward.users u where u.id = $1::uuid
on conflict (owner_id, shard) do update set room = r.room)",
                                      {{"count", tasks_there_are("u.id")}})};

// $1 owner, $2 quota, $3 how many to take. Run after the other, in the same transaction: it then sees every
// row there is.
const Statement settle{
    "settle_room", Effect::writes,
    filled(R"(
with locked as materialized (
  select r.shard, r.room, r.quota from taskward.task_room r where r.owner_id = $1::uuid order by r.shard for update
), before as (
  select sum(k.room) + $2::integer - max(k.quota) as room from locked k having count(*) > 0
), rest as (
  select b.room - least($3::bigint, greatest(b.room, 0)) as room from before b
), wanted as (
  select s.shard, case when r.room >= {worth} then r.room / {shards} + (s.shard < r.room % {shards})::integer
                       when s.shard = 0 then r.room else 0 end as room
    from rest r cross join generate_series(0, {shards} - 1) as s (shard)
   where r.room >= {worth} or exists (select from locked k where k.shard = s.shard)
), spread as (
  insert into taskward.task_room (owner_id, shard, room, quota)
  select $1::uuid, w.shard, w.room, case when w.shard = 0 then $2::integer end from wanted w
  on conflict (owner_id, shard) do update set room = excluded.room, quota = excluded.quota
)
select b.room::bigint from before b)",
           {{"worth", std::to_string(kRoomToSpread)}, {"shards", std::to_string(kRoomShards)}})};

// $1 owner.
const Statement is_in_one{
    "is_room_in_one_row", Effect::reads,
    filled("select coalesce(count(*) = 1 and max(r.room) >= {worth}, false) from taskward.task_room r"
           " where r.owner_id = $1::uuid",
           {{"worth", std::to_string(kRoomToSpread)}})};

}  // namespace

StatementList task_room_statements() { return {&begin_settling, &settle, &is_in_one}; }

std::int64_t settle_room(db::Connection& database, const UserId& owner, int quota, std::int64_t take) {
  static_cast<void>(database.run(begin_settling, Params().id(owner).number(quota)));
  const Rows rows = database.run(settle, Params().id(owner).number(quota).number(take));
  return rows.empty() ? 0 : rows.row(0).number();
}

bool is_worth_spreading(db::Connection& database, const UserId& owner) {
  return database.run(is_in_one, Params().id(owner)).row(0).boolean();
}

Error too_many_tasks(int quota) {
  return {ErrorCode::quota_exceeded, "This would be more than the " + std::to_string(quota) +
                                         " tasks that you may have; those in the trash are not counted."};
}

}  // namespace taskward::store
