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

// $1..$3 caller, $4..$7 stamp, $8 id, $9..$12 precondition, $13 title, $14 description, $15 status, $16
// priority, $17 whether the due date changes, $18 due date, $19 tags; null leaves the others.
const Statement change{"update_task", Effect::writes,
                       std::string(kCaller) +
                           filled(R"(, given as (
  select $13::text as title, $14::text as description, $15::text as status, $16::smallint as priority,
         $17::boolean as due_at_given, $18::timestamptz as due_at, $19::text[] as tags
), before as (
  select t.*, {is_met} as is_met, {fields} as fields
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id cross join given g
   where t.id = $8::uuid and not t.trashed
     for update of t
), changed as (
  update taskward.tasks t set {assignments}
    from before b, given g
   where t.owner_id = b.owner_id and t.id = b.id and b.is_met and cardinality(b.fields) > 0
  returning t.*, b.fields
), after as (
  select true as is_met, {ch} from changed ch
  union all select b.is_met, {b} from before b where not exists (select from changed)
))",
                                  {{"is_met", meets_precondition("t", 9)},
                                   {"fields", changed_fields("t", "g")},
                                   {"assignments", assignments("t", "g")},
                                   {"ch", task_columns("ch")},
                                   {"b", task_columns("b")}}) +
                           audit_deed(AuditAction::task_update, "task", "changed", "d.fields") +
                           " select c.permitted, t.is_met, " + task_columns("t") +
                           " from caller c left join after t on true"};

/// A CTE with the record of what was crowded out of the trash: `record` is SQL for its id.
std::string record_crowded_out(const std::string& record) {
  return filled(R"(, noted_crowded_out as (
  insert into taskward.audit {columns}
  select {record}, $5::text, $6::text::inet, $7::text, c.id, c.role, {erase}, 'task', k.id, 'success',
         'trash_full', null::text[]
    from caller c cross join crowded_out k
))",
                {{"columns", std::string(kAuditColumns)},
                 {"record", record},
                 {"erase", quoted(AuditAction::task_erase)}});
}

// $1..$3 caller, $4..$7 stamp, $8 id, $9..$12 precondition, $13 how many may lie in the trash, $14 the record
// of one that is crowded out.
const Statement remove{"delete_task", Effect::writes,
                       std::string(kCaller) +
                           filled(R"(, before as (
  select t.*, {is_met} as is_met
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid and not t.trashed
     for update of t
), gone as (
  update taskward.tasks t
     set deleted_at = now(), updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from before b
   where t.owner_id = b.owner_id and t.id = b.id and b.is_met
  returning t.owner_id, t.id
), who as (
  select c.* from caller c where exists (select from gone)
))",
                                  {{"is_met", meets_precondition("t", 9)}}) +
                           crowd_out("who", "$13", "1") + erase_answers("crowded_out") +
                           give_room_back("gone") + audit_deed(AuditAction::task_delete, "task", "gone") +
                           record_crowded_out("$14::uuid") +
                           " select c.permitted, b.is_met from caller c left join before b on true"};

// $1..$3 caller, $4..$7 stamp, $8 id, $9..$12 precondition.
const Statement erase{"erase_task", Effect::writes,
                      std::string(kCaller) +
                          filled(R"(, before as (
  select t.*, {is_met} as is_met
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid
     for update of t
), gone as (
  delete from taskward.tasks t using before b
   where t.owner_id = b.owner_id and t.id = b.id and b.is_met
  returning t.owner_id, t.id, t.trashed
), freed as (
  select g.owner_id from gone g where not g.trashed
))",
                                 {{"is_met", meets_precondition("t", 9)}}) +
                          erase_answers("gone") + give_room_back("freed") +
                          audit_deed(AuditAction::task_erase, "task", "gone") +
                          " select c.permitted, b.is_met from caller c left join before b on true"};

// $1..$3 caller, $4..$7 stamp, $8 id, $9..$12 precondition, $13 quota.
std::string restoring(RoomWait wait) {
  return std::string(kCaller) +
         filled(R"(, before as materialized (
  select t.*, {is_met} as is_met
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid
     for update of t
), who as (
  select c.* from caller c where exists (select from before b where b.trashed and b.is_met)
))",
                {{"is_met", meets_precondition("t", 9)}}) +
         take_room_for_one("who", "$13", wait) +
         filled(R"(, back as (
  update taskward.tasks t
     set deleted_at = null, updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from before b, roomy
   where t.owner_id = b.owner_id and t.id = b.id
  returning t.*
), after as (
  select true as is_met, false as lacks_room, {k} from back k
  union all select b.is_met, b.trashed, {b} from before b where not exists (select from back)
))",
                {{"k", task_columns("k")}, {"b", task_columns("b")}}) +
         audit_deed(AuditAction::task_restore, "task", "back") +
         " select c.permitted, t.is_met, t.lacks_room, " + task_columns("t") +
         " from caller c left join after t on true";
}

const Statement restore{"restore_task", Effect::writes, restoring(RoomWait::skip)};
const Statement restore_waiting{"restore_task_waiting", Effect::writes, restoring(RoomWait::wait)};

/// Of a statement that gives whether the precondition of a task was met, or null when there is no such task.
Result<Done> met(db::RowReader& row) {
  if (row.is_null()) return ErrorCode::not_found;
  if (!row.boolean()) return ErrorCode::precondition_failed;
  return Done{};
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
  if (row->is_null()) return ErrorCode::not_found;
  return task_from(*row);
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
  if (auto done = met(*row); !done) return std::move(done).error();
  return task_from(*row);
}

Result<Done> delete_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                         const model::Precondition& precondition, int quota, const AuditId& crowded_out,
                         const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id);
  const PreconditionParams conditions(params, precondition);
  params.number(quota).id(crowded_out);
  const Rows rows = database.run(remove, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return met(*row);
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
  return met(*row);
}

Result<model::Task> restore_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                 const model::Precondition& precondition, int quota,
                                 const model::AuditStamp& stamp) {
  using Outcome = Result<model::Task>;
  return where_there_is_room<model::Task>(
      database, access.user(), quota, 1, [&](RoomWait wait) -> std::optional<Outcome> {
        Params params;
        add_caller(params, access);
        add_stamp(params, stamp);
        params.id(id);
        const PreconditionParams conditions(params, precondition);
        params.number(quota);
        const Rows rows = database.run(wait == RoomWait::skip ? restore : restore_waiting, params);
        auto row = permitted_row(rows);
        if (!row) return Outcome(std::move(row).error());
        if (auto done = met(*row); !done) return Outcome(std::move(done).error());
        if (row->boolean()) return std::nullopt;
        return Outcome(task_from(*row));
      });
}

}  // namespace taskward::store
