#include "task_quota.hpp"

#include "sql_text.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

constexpr int kShards = 16;
/// A smaller free quota is kept in the first shard: spread, it would leave shards with none.
constexpr int kMinToSpread = 4 * kShards;

// $1 owner, $2 quota. Locks the first shard, and inserts it if there is none.
const Statement lock_first{"lock_first_quota_shard", Effect::writes,
                           filled(R"(
insert into taskward.task_room as r (owner_id, shard, room, quota)
select u.id, 0, case when exists (select from taskward.task_room k where k.owner_id = u.id) then 0
                     else $2::integer - {count} end, $2::integer
  from taskward.users u where u.id = $1::uuid
on conflict (owner_id, shard) do update set room = r.room)",
                                  {{"count", task_count("u.id")}})};

// $1 owner, $2 quota, $3 how many to take. Run after lock_first in the same transaction, so that its snapshot
// has every shard.
const Statement recount{"recount_quota_shards", Effect::writes,
                        filled(R"(
with locked as materialized (
  select r.shard, r.room, r.quota from taskward.task_room r where r.owner_id = $1::uuid order by r.shard for update
), before as (
  select sum(k.room) + $2::integer - max(k.quota) as room from locked k having count(*) > 0
), rest as (
  select b.room - least($3::bigint, greatest(b.room, 0)) as room from before b
), wanted as (
  select s.shard, case when r.room >= {min} then r.room / {shards} + (s.shard < r.room % {shards})::integer
                       when s.shard = 0 then r.room else 0 end as room
    from rest r cross join generate_series(0, {shards} - 1) as s (shard)
   where r.room >= {min} or exists (select from locked k where k.shard = s.shard)
), spread as (
  insert into taskward.task_room (owner_id, shard, room, quota)
  select $1::uuid, w.shard, w.room, case when w.shard = 0 then $2::integer end from wanted w
  on conflict (owner_id, shard) do update set room = excluded.room, quota = excluded.quota
)
select b.room::bigint from before b)",
                               {{"min", std::to_string(kMinToSpread)}, {"shards", std::to_string(kShards)}})};

// $1 owner.
const Statement is_in_one_shard{
    "is_quota_in_one_shard", Effect::reads,
    filled("select coalesce(count(*) = 1 and max(r.room) >= {min}, false) from taskward.task_room r"
           " where r.owner_id = $1::uuid",
           {{"min", std::to_string(kMinToSpread)}})};

/// SQL, a from clause: the shards of the CTE `owner` with free quota, as r and c. Shards that were computed
/// for another quota are left out until they are recounted.
std::string free_shards(const std::string& owner, const std::string& quota) {
  return filled(R"(taskward.task_room r join {owner} c on r.owner_id = c.id and r.room > 0
     and exists (select from taskward.task_room q
                  where q.owner_id = c.id and q.shard = 0 and q.quota = {quota}::integer))",
                {{"owner", owner}, {"quota", quota}});
}

}  // namespace

StatementList task_quota_statements() { return {&lock_first, &recount, &is_in_one_shard}; }

std::string task_count(const std::string& owner) {
  return "(select count(*) from taskward.tasks n where n.owner_id = " + owner + " and not n.trashed)";
}

std::string take_quota_for_one(const std::string& owner, const std::string& quota, QuotaWait wait) {
  // CASE stops at the first match: the tasks of an owner who has a shard are not counted.
  return filled(R"(, available as materialized (
  select r.shard from {shards} order by r.shard limit 1 for update of r {wait}
), taken as (
  update taskward.task_room r set room = r.room - 1 from available f, {owner} c
   where r.owner_id = c.id and r.shard = f.shard
  returning 1
), first_shard as (
  insert into taskward.task_room (owner_id, shard, room, quota)
  select c.id, 0, {quota}::integer - 1 - {count}, {quota}::integer from {owner} c
   where case when exists (select from taskward.task_room r where r.owner_id = c.id) then false
              else {count} < {quota}::integer end
  on conflict do nothing returning 1
), quota_taken as (
  select from taken union all select from first_shard
))",
                {{"shards", free_shards(owner, quota)},
                 {"wait", wait == QuotaWait::skip ? "skip locked" : ""},
                 {"owner", owner},
                 {"quota", quota},
                 {"count", task_count("c.id")}});
}

std::string take_quota(const std::string& owner, const std::string& quota) {
  return filled(R"(, available as materialized (
  select r.shard, r.room from {shards} cross join need where need.n > 0 order by r.shard for update of r
), shares as (
  select f.shard, greatest(0, least(f.room, n.n - (sum(f.room) over (order by f.shard) - f.room))) as share,
         sum(f.room) over () >= n.n as is_enough
    from available f cross join need n
), taken as (
  update taskward.task_room r set room = r.room - s.share from shares s, {owner} c
   where r.owner_id = c.id and r.shard = s.shard and s.is_enough and s.share > 0
  returning 1
))",
                {{"shards", free_shards(owner, quota)}, {"owner", owner}});
}

std::string return_quota(const std::string& deleted) {
  return filled(R"(, returned_quota as (
  update taskward.task_room r set room = r.room + g.count
    from (select owner_id, count(*) from {deleted} group by owner_id) g
   where r.owner_id = g.owner_id and r.shard = 0
))",
                {{"deleted", deleted}});
}

std::int64_t recount_shards(db::Connection& database, const UserId& owner, int quota, std::int64_t take) {
  static_cast<void>(database.run(lock_first, Params().id(owner).number(quota)));
  const Rows rows = database.run(recount, Params().id(owner).number(quota).number(take));
  return rows.empty() ? 0 : rows.row(0).number();
}

bool should_spread(db::Connection& database, const UserId& owner) {
  return database.run(is_in_one_shard, Params().id(owner)).row(0).boolean();
}

Error quota_exceeded(int quota) {
  return {ErrorCode::quota_exceeded,
          "Task quota exceeded: at most " + std::to_string(quota) + " tasks, not counting the trash."};
}

}  // namespace taskward::store
