#include "taskward/store/task_upkeep.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"
#include "task_quota.hpp"
#include "taskward/base/rfc3339.hpp"
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

const Statement choose{
    "choose_quota_to_recount", Effect::writes,
    "select r.owner_id, coalesce(r.quota, 0) from taskward.task_room r where r.shard = 0 and r.reckoned_at <"
    " now() - interval '1 day' order by r.reckoned_at limit 1 for update skip locked"};

// $1 owner. The trash counts here, but not for the quota.
const Statement mark_large_owner{
    "mark_large_owner", Effect::writes,
    "update taskward.users u set tasks_indexed = 1 where u.id = $1::uuid and u.tasks_indexed = 0 and"
    " taskward.has_many_tasks((select count(*) from taskward.tasks t where t.owner_id = u.id))"};

const Statement find_owner{
    "find_owner_to_index", Effect::reads,
    "select u.id, clock_timestamp() from taskward.users u where u.tasks_indexed = 1 order by u.id limit 1"};

// $1 time. A statement takes its locks before its snapshot.
const Statement earlier_writers{
    "find_earlier_writers_of_tasks", Effect::reads,
    "select exists (select from pg_locks l left join pg_stat_activity a on a.pid = l.pid where l.database ="
    " (select d.oid from pg_database d where d.datname = current_database()) and l.relation ="
    " 'taskward.tasks'::regclass and l.mode = 'RowExclusiveLock' and coalesce(a.xact_start, '-infinity') <"
    " $1::timestamptz)"};

// $1 owner, $2 id, $3 limit. A trigger adds the rows to the index.
const Statement index_some{
    "index_some_tasks", Effect::writes,
    "with batch as materialized (select t.owner_id, t.id from taskward.tasks t where t.owner_id = $1::uuid "
    "and"
    " t.id > $2::uuid order by t.id limit $3::bigint for update), indexed as (update taskward.tasks t set"
    " is_indexed = true from batch b where t.owner_id = b.owner_id and t.id = b.id and t.is_indexed is not"
    " true) select b.id from batch b order by b.id desc limit 1"};

const Statement analyze{"analyze_task_index", Effect::writes, "select taskward.analyze_task_index()"};

// $1 owner.
const Statement finish_index{
    "finish_index_of_tasks", Effect::writes,
    "update taskward.users u set tasks_indexed = 2 where u.id = $1::uuid and u.tasks_indexed = 1"};

}  // namespace

StatementList task_upkeep_statements() {
  return {&empty,           &choose,     &mark_large_owner, &find_owner,
          &earlier_writers, &index_some, &analyze,          &finish_index};
}

std::int64_t empty_trash(db::Connection& database, std::span<const AuditId> records) {
  db::ArrayText ids;
  for (const AuditId& id : records) ids.add(id.text());
  Params params;
  params.literal(ids.c_str()).number(static_cast<std::int64_t>(records.size()));
  return database.run(empty, params).row(0).number();
}

bool recount_old_quota(db::Connection& database) {
  database.connect();
  db::Transaction transaction(database);
  const Rows chosen = database.run(choose, Params());
  if (chosen.empty()) return false;
  db::RowReader row = chosen.row(0);
  const auto owner = row.id<UserId>();
  static_cast<void>(recount_quota(database, owner, static_cast<int>(row.number()), 0));
  static_cast<void>(database.run(mark_large_owner, Params().id(owner)));
  transaction.commit();
  return true;
}

std::optional<OwnerToIndex> find_owner_to_index(db::Connection& database) {
  const Rows rows = database.run(find_owner, Params());
  if (rows.empty()) return std::nullopt;
  db::RowReader row = rows.row(0);
  const auto owner = row.id<UserId>();
  return OwnerToIndex{owner, row.timestamp()};
}

bool has_earlier_writers(db::Connection& database, Timestamp moment) {
  const std::string literal = rfc3339_precise(moment);
  return database.run(earlier_writers, Params().literal(literal.c_str())).row(0).boolean();
}

std::optional<TaskId> index_some_tasks(db::Connection& database, const UserId& owner, const TaskId& after,
                                       std::int64_t limit) {
  const Rows rows = database.run(index_some, Params().id(owner).id(after).number(limit));
  if (rows.empty()) return std::nullopt;
  return rows.row(0).id<TaskId>();
}

void finish_index_of_tasks(db::Connection& database, const UserId& owner) {
  try {
    static_cast<void>(database.run(analyze, Params()));
  } catch (const db::Unavailable&) {
    // A vacuum has the table, and analyses it next.
  } catch (const db::OutcomeUnknown&) {
    // It took longer than the timeout.
  }
  static_cast<void>(database.run(finish_index, Params().id(owner)));
}

}  // namespace taskward::store
