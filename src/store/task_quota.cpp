#include "task_quota.hpp"

#include "sql_text.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

// $1 owner, $2 quota. Locks the owner's row, and inserts it if there is none.
const Statement lock{"lock_quota", Effect::writes, R"(
insert into taskward.task_room as r (owner_id, shard, room, quota)
select u.id, 0, $2::integer, $2::integer from taskward.users u where u.id = $1::uuid
on conflict (owner_id, shard) do update set room = r.room)"};

// $1 owner, $2 quota, $3 needed. Run after `lock` in the same transaction: its snapshot is newer than the
// lock. Deletes the other shards, which the release before used.
const Statement recount{
    "recount_quota", Effect::writes,
    filled(R"(
with other_shards as (
  delete from taskward.task_room r where r.owner_id = $1::uuid and r.shard > 0
)
update taskward.task_room r
   set room = f.n, quota = $2::integer, is_exact = f.n - $3::bigint < {margin}, reckoned_at = now()
  from (select $2::integer - {count} as n) f
 where r.owner_id = $1::uuid and r.shard = 0
returning f.n::bigint)",
           {{"count", task_count("$1::uuid")}, {"margin", std::to_string(kQuotaMargin)}})};

}  // namespace

StatementList task_quota_statements() { return {&lock, &recount}; }

std::string task_count(const std::string& owner) {
  return "(select count(*) from taskward.tasks n where n.owner_id = " + owner + " and not n.trashed)";
}

std::string has_ample_quota(const std::string& owner, const std::string& quota) {
  return filled(R"(exists (
  select from taskward.task_room r
   where r.owner_id = {owner} and r.shard = 0 and r.quota = {quota}::integer
     and r.room >= {margin} and not r.is_exact))",
                {{"owner", owner}, {"quota", quota}, {"margin", std::to_string(kQuotaMargin)}});
}

std::string take_quota_for_one(const std::string& owner, const std::string& quota,
                               const std::string& settle) {
  return filled(R"(, ample as materialized (
  select from {owner} c where {has_ample_quota}
), taken as (
  update taskward.task_room r set room = r.room - case when r.is_exact then 1 else {settle}::integer end
    from {owner} c
   where r.owner_id = c.id and r.shard = 0 and r.quota = {quota}::integer
     and case when r.is_exact then r.room > 0 else r.room >= {margin} and {settle}::integer > 0 end
  returning 1
), quota_taken as (
  select from ample union all select from taken where not exists (select from ample)
))",
                {{"has_ample_quota", has_ample_quota("c.id", quota)},
                 {"margin", std::to_string(kQuotaMargin)},
                 {"owner", owner},
                 {"quota", quota},
                 {"settle", settle}});
}

std::string take_quota(const std::string& owner, const std::string& quota) {
  return filled(R"(, taken as (
  update taskward.task_room r set room = r.room - n.n from {owner} c, need n
   where r.owner_id = c.id and r.shard = 0 and r.quota = {quota}::integer and n.n > 0
     and (r.room - n.n >= {margin} or r.is_exact and r.room >= n.n)
  returning 1
))",
                {{"margin", std::to_string(kQuotaMargin)}, {"owner", owner}, {"quota", quota}});
}

std::string more_quota(const std::string& count) {
  return filled("room = r.room + {count}, is_exact = r.is_exact and r.room + {count} < {margin}",
                {{"count", count}, {"margin", std::to_string(kQuotaMargin)}});
}

std::string return_quota(const std::string& deleted) {
  return filled(R"(, returned_quota as (
  update taskward.task_room r set {more}
    from (select owner_id, count(*) from {deleted} group by owner_id) g
   where r.owner_id = g.owner_id and r.shard = 0
))",
                {{"more", more_quota("g.count")}, {"deleted", deleted}});
}

std::int64_t recount_quota(db::Connection& database, const UserId& owner, int quota, std::int64_t needed) {
  static_cast<void>(database.run(lock, Params().id(owner).number(quota)));
  const Rows rows = database.run(recount, Params().id(owner).number(quota).number(needed));
  return rows.empty() ? 0 : rows.row(0).number();
}

Error quota_exceeded(int quota) {
  return {ErrorCode::quota_exceeded,
          "Task quota exceeded: at most " + std::to_string(quota) + " tasks, not counting the trash."};
}

}  // namespace taskward::store
