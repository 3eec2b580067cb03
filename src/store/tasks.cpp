#include "taskward/store/tasks.hpp"

#include "fragments.hpp"
#include "idempotency.hpp"
#include "sql_text.hpp"
#include "statement_family.hpp"
#include "statement_lists.hpp"
#include "task_quota.hpp"
#include "task_sql.hpp"
#include "unique_violation_retry.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

// $1..$3 caller, $4..$7 stamp, $8 id, $9 title, $10 description, $11 status, $12 priority, $13 due date, $14
// tags, $15 quota and, unless the quota is only read, $16 how many created tasks to settle, and $17 and $18
// the key.
enum class Settles : std::uint8_t { no, yes };

std::string create_sql(Settles settles, Keyed keyed) {
  const bool with_key = keyed == Keyed::yes;
  std::string sql = std::string(kCaller);
  if (with_key) sql += find_key(17);
  sql += ", owner as (select c.* from caller c where c.permitted";
  if (with_key) sql += " and " + std::string(kIsFirst);
  if (settles == Settles::no) sql += " and " + has_ample_quota("c.id", "$15");
  sql += ')';
  if (settles == Settles::yes) sql += take_quota_for_one("owner", "$15", "$16");
  sql += filled(R"(, created as (
  insert into taskward.tasks (owner_id, id, {written}, completed_at, is_indexed)
  select c.id, $8::uuid, $9::text, $10::text, $11::text, $12::smallint, $13::timestamptz, $14::text[],
         case when $11::text = 'done' then now() end, c.tasks_indexed > 0
    from owner c{taken}
  returning *
))",
                {{"written", written_columns()}, {"taken", settles == Settles::yes ? ", quota_taken" : ""}});
  if (with_key) {
    sql += filled(R"(, response as (
  select m.owner_id, m.id, to_jsonb(t) as task from created m cross join lateral (select {m}) t
))",
                  {{"m", task_columns("m")}});
    sql += store_key(17, "response", "array[d.id]", "jsonb_build_array(d.task)");
    // A replay returns the stored response like a newly created task.
    sql += filled(R"(, result as (
  select {m} from created m union all select {a} from earlier e
   cross join lateral jsonb_to_recordset(e.answer) as a ({types}) where e.same_request
))",
                  {{"m", task_columns("m")}, {"a", task_columns("a")}, {"types", task_columns_with_types()}});
  }
  sql += audit_action(AuditAction::task_create, "task", "created");
  if (!with_key)
    return sql + " select c.permitted, " + task_columns("t") + " from caller c left join created t on true";
  return sql + " select c.permitted, " + std::string(kReplayColumns) + ", " + task_columns("t") +
         " from caller c left join earlier e on true left join result t on true";
}

const Statement create{"create_task", Effect::writes, create_sql(Settles::no, Keyed::no)};
const Statement create_settling{"create_task_settling", Effect::writes, create_sql(Settles::yes, Keyed::no)};
const Statement create_keyed{"create_task_keyed", Effect::writes, create_sql(Settles::yes, Keyed::yes)};

// $1..$3 caller, $4 id.
const Statement find{"find_task", Effect::reads,
                     std::string(kCaller) + " select c.permitted, " + task_columns("t") +
                         " from caller c left join taskward.tasks t"
                         " on c.permitted and t.owner_id = c.id and t.id = $4::uuid and not t.trashed"};

/// The caller and the new values. $1..$3 caller, $4..$7 stamp, $8 id, $9..$12 precondition, $13 title, $14
/// description, $15 status, $16 priority, $17 whether the due date changes, $18 due date, $19 tags. Other
/// fields that are null stay unchanged.
const std::string kCallerAndChanges = std::string(kCaller) + R"(, changes as (
  select $13::text as title, $14::text as description, $15::text as status, $16::smallint as priority,
         $17::boolean as due_at_present, $18::timestamptz as due_at, $19::text[] as tags
))";

/// What a change gives, and whether it has a precondition.
struct ChangeShape {
  WrittenColumns given = 0;
  bool is_conditional = false;

  friend auto operator<=>(const ChangeShape&, const ChangeShape&) = default;
};

// Each expression and plan node less is a microsecond less, so this one has only what is needed to carry out
// a change of the shape. It has no row if nothing changed, for whatever reason. Without a precondition the
// CTE `precondition` only gives the parameters their types.
Statement statement_of(const ChangeShape& shape) {
  return {"update_task_" + std::to_string(shape.given) + (shape.is_conditional ? "_conditional" : ""),
          Effect::writes,
          kCallerAndChanges +
              filled(R"(, precondition as (
  select $9::boolean, $10::bigint[], $11::boolean, $12::bigint[]
), changed as (
  update taskward.tasks t set {assignments}
    from caller c cross join changes g
   where c.permitted and t.owner_id = c.id and t.id = $8::uuid and not t.trashed and {is_met} and {differs}
  returning {t}, t.owner_id, t.last_change, c.role, c.token_id
), audited as (
  insert into taskward.audit {columns}
  select {stamp}, d.owner_id, d.role, {update}, 'task', d.id, 'success', null, {fields}, d.token_id from changed d
) select {t} from changed t)",
                     {{"assignments", given_assignments("t", "g", shape.given)},
                      {"differs", differs("t", "g", shape.given)},
                      {"is_met", shape.is_conditional ? meets_precondition("t", 9) : std::string("true")},
                      {"columns", audit_columns_and_token()},
                      {"stamp", stamp_values(4)},
                      {"update", quoted(AuditAction::task_update)},
                      {"fields", fields_of("d.last_change", shape.given)},
                      {"t", task_columns("t")}})};
}

StatementFamily<ChangeShape> changes_of_shape(statement_of);

// After the one above. It finds out why nothing changed, or carries the change out if that is possible now.
const Statement change_or_explain{
    "update_task_or_explain", Effect::writes,
    kCallerAndChanges +
        filled(R"(, before as (
  select t.*, {is_met} as is_met, {fields} as fields
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id cross join changes g
   where t.id = $8::uuid and not t.trashed
     for update of t
), changed as (
  update taskward.tasks t set {assignments}
    from before b, changes g
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
        audit_action(AuditAction::task_update, "task", "changed", "d.fields", "$8") +
        " select c.permitted, t.is_met, " + task_columns("t") + " from caller c left join after t on true"};

/// A CTE with the audit record of the task evicted from the trash. `record` is SQL for its id.
std::string audit_eviction(const std::string& record) {
  return filled(R"(, audited_eviction as (
  insert into taskward.audit {columns}
  select {record}, $5::text, $6::text::inet, $7::text, c.id, c.role, {erase}, 'task', k.id, 'success',
         'trash_full', null::text[], c.token_id
    from caller c cross join evicted k
))",
                {{"columns", audit_columns_and_token()},
                 {"record", record},
                 {"erase", quoted(AuditAction::task_erase)}});
}

// $1..$3 caller, $4..$7 stamp, $8 id, $9..$12 precondition, $13 how many tasks the trash keeps, $14 the id of
// the audit record of an evicted one.
const Statement remove{"delete_task", Effect::writes,
                       std::string(kCaller) +
                           filled(R"(, before as (
  select t.*, {is_met} as is_met
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid and not t.trashed
     for update of t
), deleted as (
  update taskward.tasks t
     set deleted_at = now(), updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from before b
   where t.owner_id = b.owner_id and t.id = b.id and b.is_met
  returning t.owner_id, t.id
), owner as (
  select c.* from caller c where exists (select from deleted)
))",
                                  {{"is_met", meets_precondition("t", 9)}}) +
                           evict_from_trash("owner", "$13", "1") + erase_answers("evicted") +
                           return_quota("deleted") +
                           audit_action(AuditAction::task_delete, "task", "deleted", "null::text[]", "$8") +
                           audit_eviction("$14::uuid") +
                           " select c.permitted, b.is_met from caller c left join before b on true"};

// $1..$3 caller, $4..$7 stamp, $8 id, $9..$12 precondition.
const Statement erase{"erase_task", Effect::writes,
                      std::string(kCaller) +
                          filled(R"(, before as (
  select t.*, {is_met} as is_met
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid
     for update of t
), deleted as (
  delete from taskward.tasks t using before b
   where t.owner_id = b.owner_id and t.id = b.id and b.is_met
  returning t.owner_id, t.id, t.trashed
), freed as (
  select g.owner_id from deleted g where not g.trashed
))",
                                 {{"is_met", meets_precondition("t", 9)}}) +
                          erase_answers("deleted") + return_quota("freed") +
                          audit_action(AuditAction::task_erase, "task", "deleted", "null::text[]", "$8") +
                          " select c.permitted, b.is_met from caller c left join before b on true"};

// $1..$3 caller, $4..$7 stamp, $8 id, $9..$12 precondition, $13 quota.
const Statement restore{
    "restore_task", Effect::writes,
    std::string(kCaller) +
        filled(R"(, before as materialized (
  select t.*, {is_met} as is_met
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid
     for update of t
), owner as (
  select c.* from caller c where exists (select from before b where b.trashed and b.is_met)
))",
               {{"is_met", meets_precondition("t", 9)}}) +
        take_quota_for_one("owner", "$13", "1") +
        filled(R"(, restored as (
  update taskward.tasks t
     set deleted_at = null, updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from before b, quota_taken
   where t.owner_id = b.owner_id and t.id = b.id
  returning t.*
), after as (
  select true as is_met, false as is_over_quota, {k} from restored k
  union all select b.is_met, b.trashed, {b} from before b where not exists (select from restored)
))",
               {{"k", task_columns("k")}, {"b", task_columns("b")}}) +
        audit_action(AuditAction::task_restore, "task", "restored", "null::text[]", "$8") +
        " select c.permitted, t.is_met, t.is_over_quota, " + task_columns("t") +
        " from caller c left join after t on true"};

/// Reads whether the precondition was met; null when there is no such task.
Result<Done> met(db::RowReader& row) {
  if (row.is_null()) return ErrorCode::not_found;
  if (!row.boolean()) return ErrorCode::precondition_failed;
  return Done{};
}

}  // namespace

StatementList task_statements() {
  StatementList all{&create, &create_settling, &create_keyed, &find, &change_or_explain,
                    &remove, &erase,           &restore};
  for (const WrittenColumns given : all_column_sets()) {
    for (const bool is_conditional : {false, true})
      all.push_back(&changes_of_shape.of({given, is_conditional}));
  }
  return all;
}

Result<model::Task> insert_task(db::Connection& database, OwnerHints& hints, const WriteTasks& access,
                                const TaskId& id, const model::NewTask& task, int quota,
                                const std::optional<IdempotencyKey>& key, const model::AuditStamp& stamp) {
  const auto attempt = [&](bool& only_reads) -> std::optional<Result<model::Task>> {
    OwnerHints::Settlement settlement(hints, access.user());
    only_reads = settlement.count() == 0 && !key;
    Params params;
    add_caller(params, access);
    add_stamp(params, stamp);
    const std::string due = literal_of(task.due_at);
    db::ArrayText tags = array_of(task.tags);
    params.id(id).text(task.title).text(task.description).text(model::name(task.status));
    params.number(number_of(task.priority));
    add_literal_or_null(params, due);
    params.literal(tags.c_str()).number(quota);
    if (!only_reads) params.number(settlement.count());
    if (key) add_key(params, *key);
    const Statement& statement = only_reads ? create : key ? create_keyed : create_settling;
    const Rows rows = retry_on_unique_violation([&] { return database.run(statement, params); });
    auto row = permitted_row(rows);
    if (!row) return Result<model::Task>(std::move(row).error());
    if (key) {
      if (auto replay = replay_from(*row)) {
        if (!*replay) return Result<model::Task>(std::move(*replay).error());
        return Result<model::Task>(task_from(*row));
      }
    }
    if (row->is_null()) return std::nullopt;
    settlement.note_created();
    return Result<model::Task>(task_from(*row));
  };
  return within_quota<model::Task>(database, access.user(), quota, 1, [&] {
    bool only_reads = false;
    auto made = attempt(only_reads);
    if (made || !only_reads) return made;
    hints.note_near_limit(access.user());
    return attempt(only_reads);
  });
}

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
  // A change that gives nothing changes nothing.
  if (const ChangeShape shape{columns_of(changes), precondition.is_given()}; shape.given != 0) {
    if (const Rows changed = database.run(changes_of_shape.of(shape), params); !changed.empty()) {
      db::RowReader row = changed.row(0);
      return task_from(row);
    }
  }
  const Rows rows = database.run(change_or_explain, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (auto done = met(*row); !done) return std::move(done).error();
  return task_from(*row);
}

Result<Done> delete_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                         const model::Precondition& precondition, int quota, const AuditId& evicted,
                         const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id);
  const PreconditionParams conditions(params, precondition);
  params.number(quota).id(evicted);
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
  return within_quota<model::Task>(database, access.user(), quota, 1, [&]() -> std::optional<Outcome> {
    Params params;
    add_caller(params, access);
    add_stamp(params, stamp);
    params.id(id);
    const PreconditionParams conditions(params, precondition);
    params.number(quota);
    const Rows rows = database.run(restore, params);
    auto row = permitted_row(rows);
    if (!row) return Outcome(std::move(row).error());
    if (auto done = met(*row); !done) return Outcome(std::move(done).error());
    if (row->boolean()) return std::nullopt;
    return Outcome(task_from(*row));
  });
}

}  // namespace taskward::store
