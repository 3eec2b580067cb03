#include "taskward/store/task_upkeep.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"
#include "task_quota.hpp"
#include "taskward/db/array.hpp"
#include "taskward/model/task.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

// $1 ids of audit records, $2 how many.
const Statement empty{
    "empty_trash", Effect::writes,
    "with old as materialized (select t.owner_id, t.id from taskward.tasks t where t.trashed and"
    " t.deleted_at < now() - " +
        interval(model::kTrashPeriod) +
        " order by t.deleted_at limit $2::bigint for update skip locked), deleted as (delete from"
        " taskward.tasks t using old o where t.owner_id = o.owner_id and t.id = o.id returning"
        " t.id), audited as (insert into taskward.audit " +
        std::string(kAuditColumns) +
        " select ($1::uuid[])[row_number() over ()], null, null, null, null, null, " +
        quoted(model::AuditAction::task_erase) +
        ", 'task', g.id, 'success', 'trash_period_over', null::text[] from deleted g)"
        " select count(*) from deleted"};

// Locks the first shard of an owner, as every recount does.
const Statement choose{
    "choose_quota_to_recount", Effect::writes,
    "select r.owner_id from taskward.task_room r where r.shard = 0 and r.reckoned_at < now() -"
    " interval '1 day' order by r.reckoned_at limit 1 for update skip locked"};

// $1 owner. The next two are run in the same transaction. Their snapshots are newer than the locks:
// concurrent changes of the quota wait, earlier ones are visible.
const Statement lock_all{
    "lock_quota_shards", Effect::writes,
    "select r.shard from taskward.task_room r where r.owner_id = $1::uuid order by r.shard"
    " for update"};
const Statement recount{
    "recount_quota", Effect::writes,
    "with stored as (select sum(r.room) as room, max(r.quota) as quota from taskward.task_room r where "
    "r.owner_id ="
    " $1::uuid) update taskward.task_room r set room = r.room + k.quota - " +
        task_count("$1::uuid") +
        " - k.room, reckoned_at = now() from stored k where r.owner_id = $1::uuid and r.shard = 0"};

}  // namespace

StatementList task_upkeep_statements() { return {&empty, &choose, &lock_all, &recount}; }

std::int64_t empty_trash(db::Connection& database, std::span<const AuditId> records) {
  db::ArrayText ids;
  for (const AuditId& id : records) ids.add(id.text());
  Params params;
  params.literal(ids.c_str()).number(static_cast<std::int64_t>(records.size()));
  return database.run(empty, params).row(0).number();
}

bool recount_quota(db::Connection& database) {
  database.connect();
  db::Transaction transaction(database);
  const Rows chosen = database.run(choose, Params());
  if (chosen.empty()) return false;
  const auto owner = chosen.row(0).id<UserId>();
  static_cast<void>(database.run(lock_all, Params().id(owner)));
  static_cast<void>(database.run(recount, Params().id(owner)));
  transaction.commit();
  return true;
}

}  // namespace taskward::store
