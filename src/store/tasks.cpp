#include "taskward/store/tasks.hpp"

#include "statement_lists.hpp"
#include "task_parts.hpp"
#include "task_room.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

// $1..$3 caller, $4 id.
const Statement find{"find_task", Effect::reads,
                     std::string(kCaller) + " select c.permitted, " + task_columns("t") +
                         " from caller c left join taskward.tasks t"
                         " on c.permitted and t.owner_id = c.id and t.id = $4::uuid and not t.trashed"};

// $1..$3 caller, $4..$7 stamp, $8 id, $9 and $10 precondition, $11 title, $12 description, $13 status, $14
// priority, $15 whether the due date changes, $16 due date, $17 tags; null leaves the others.
const Statement change{"update_task", Effect::writes,
                       std::string(kCaller) + R"(, before as (
  select t.*, )" + meets_precondition("t", 9) +
                           R"( as is_met, array_remove(array[
             case when $11::text is distinct from t.title and $11::text is not null then 'title' end,
             case when $12::text is distinct from t.description and $12::text is not null then 'description' end,
             case when $13::text is distinct from t.status and $13::text is not null then 'status' end,
             case when $14::smallint is distinct from t.priority and $14::smallint is not null then 'priority' end,
             case when $16::timestamptz is distinct from t.due_at and $15::boolean then 'due_at' end,
             case when $17::text[] is distinct from t.tags and $17::text[] is not null then 'tags' end], null) as fields
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid and not t.trashed
     for update of t
), changed as (
  update taskward.tasks t
     set title = coalesce($11::text, t.title), description = coalesce($12::text, t.description),
         status = coalesce($13::text, t.status), priority = coalesce($14::smallint, t.priority),
         due_at = case when $15::boolean then $16::timestamptz else t.due_at end,
         tags = coalesce($17::text[], t.tags),
         completed_at = case when coalesce($13::text, t.status) = 'done' then coalesce(t.completed_at, now()) end,
         updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from before b
   where t.owner_id = b.owner_id and t.id = b.id and b.is_met and cardinality(b.fields) > 0
  returning t.*, b.fields
), after as (
  select true as is_met, )" +
                           task_columns("ch") + " from changed ch union all select b.is_met, " +
                           task_columns("b") + " from before b where not exists (select from changed))" +
                           audit_deed(AuditAction::task_update, "task", "changed", "d.fields") +
                           " select c.permitted, t.is_met, " + task_columns("t") +
                           " from caller c left join after t on true"};

// $1..$3 caller, $4..$7 stamp, $8 id, $9 and $10 precondition, $11 how many may lie in the trash.
const Statement remove{
    "delete_task", Effect::writes,
    std::string(kCaller) + R"(, before as (
  select t.*, )" +
        meets_precondition("t", 9) + R"( as is_met, )" + trash_has_room("c.id", "$11", "1") + R"( as has_room
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid and not t.trashed
     for update of t
), gone as (
  update taskward.tasks t
     set deleted_at = now(), updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from before b
   where t.owner_id = b.owner_id and t.id = b.id and b.is_met and b.has_room
  returning t.owner_id, t.id
))" + give_room_back("gone") +
        audit_deed(AuditAction::task_delete, "task", "gone") +
        " select c.permitted, b.is_met, b.has_room from caller c left join before b on true"};

// $1..$3 caller, $4..$7 stamp, $8 id, $9 and $10 precondition.
const Statement erase{"erase_task", Effect::writes,
                      std::string(kCaller) + R"(, before as (
  select t.*, )" + meets_precondition("t", 9) +
                          R"( as is_met
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid
     for update of t
), gone as (
  delete from taskward.tasks t using before b
   where t.owner_id = b.owner_id and t.id = b.id and b.is_met
  returning t.owner_id, t.id, t.trashed
), freed as (
  select g.owner_id from gone g where not g.trashed
), erased as (
  update taskward.idempotency_keys k set answer = null from gone g
   where k.owner_id = g.owner_id and g.id = any(k.task_ids)
))" + give_room_back("freed") +
                          audit_deed(AuditAction::task_erase, "task", "gone") +
                          " select c.permitted, b.is_met from caller c left join before b on true"};

// $1..$3 caller, $4..$7 stamp, $8 id, $9 quota.
std::string restoring(RoomWait wait) {
  return std::string(kCaller) + R"(, before as materialized (
  select t.* from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid
     for update of t
), who as (
  select c.* from caller c where exists (select from before b where b.trashed)
))" + take_room_for_one("who", "$9", wait) +
         R"(, back as (
  update taskward.tasks t
     set deleted_at = null, updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from before b, roomy
   where t.owner_id = b.owner_id and t.id = b.id
  returning t.*
), after as (
  select false as lacks_room, )" +
         task_columns("k") + " from back k union all select b.trashed, " + task_columns("b") +
         " from before b where not exists (select from back))" +
         audit_deed(AuditAction::task_restore, "task", "back") + " select c.permitted, t.lacks_room, " +
         task_columns("t") + " from caller c left join after t on true";
}

const Statement restore{"restore_task", Effect::writes, restoring(RoomWait::skip)};
const Statement restore_waiting{"restore_task_waiting", Effect::writes, restoring(RoomWait::wait)};

/// Of a statement that gives the task's row, or nulls.
Result<model::Task> task_or_none(db::RowReader& row) {
  if (row.is_null()) return ErrorCode::not_found;
  return task_from(row);
}

}  // namespace

StatementList task_statements() { return {&find, &change, &remove, &erase, &restore, &restore_waiting}; }

Result<model::Task> find_task(db::Connection& database, const ReadTasks& access, const TaskId& id) {
  Params params;
  add_caller(params, access);
  params.id(id);
  const Rows rows = database.run(find, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return task_or_none(*row);
}

Result<model::Task> update_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                const model::TaskChange& changes, const model::Precondition& precondition,
                                const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id);
  const PreconditionParams conditions(params, precondition);
  params.text_or_null(changes.title);
  params.text_or_null(changes.description);
  if (changes.status)
    params.text(model::name(*changes.status));
  else
    params.null();
  if (changes.priority)
    params.number(number_of(*changes.priority));
  else
    params.null();
  const std::string due = literal_of(changes.due_at.value_or(std::nullopt));
  params.literal(changes.due_at ? "true" : "false");
  add_literal_or_null(params, due);
  db::ArrayText tags = array_of(changes.tags.value_or(std::vector<std::string>()));
  if (changes.tags)
    params.literal(tags.c_str());
  else
    params.null();
  const Rows rows = database.run(change, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  if (!row->boolean()) return ErrorCode::precondition_failed;
  return task_from(*row);
}

Result<Done> delete_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                         const model::Precondition& precondition, int quota, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id);
  const PreconditionParams conditions(params, precondition);
  params.number(quota);
  const Rows rows = database.run(remove, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  if (!row->boolean()) return ErrorCode::precondition_failed;
  if (!row->boolean()) return trash_is_full(quota);
  return Done{};
}

Result<Done> erase_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                        const model::Precondition& precondition, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id);
  const PreconditionParams conditions(params, precondition);
  const Rows rows = database.run(erase, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  if (!row->boolean()) return ErrorCode::precondition_failed;
  return Done{};
}

Result<model::Task> restore_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                 int quota, const model::AuditStamp& stamp) {
  return where_there_is_room<model::Task>(
      database, access.user(), quota, 1, [&](RoomWait wait) -> std::optional<Result<model::Task>> {
        Params params;
        add_caller(params, access);
        add_stamp(params, stamp);
        params.id(id).number(quota);
        const Rows rows = database.run(wait == RoomWait::skip ? restore : restore_waiting, params);
        auto row = permitted_row(rows);
        if (!row) return Result<model::Task>(std::move(row).error());
        if (row->is_null()) return Result<model::Task>(ErrorCode::not_found);
        if (row->boolean()) return std::nullopt;
        return Result<model::Task>(task_from(*row));
      });
}

}  // namespace taskward::store
