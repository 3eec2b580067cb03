#include "taskward/store/tasks.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

/// The columns of a task, of the table or CTE `alias`, in the order task_from reads them.
std::string task_columns(std::string_view alias) {
  const std::string a = std::string(alias) + '.';
  return a + "id, " + a + "title, " + a + "description, " + a + "status, " + a + "created_at, " + a +
         "updated_at, " + a + "completed_at, " + a + "version";
}

model::Task task_from(db::RowReader& row) {
  model::Task task;
  task.id = row.id<TaskId>();
  task.title = row.text();
  task.description = row.text();
  task.status = model::task_status(row.view()).value();
  task.created_at = row.timestamp();
  task.updated_at = row.timestamp();
  task.completed_at = row.timestamp_or_null();
  task.version = row.number();
  return task;
}

/// Of a statement that gives the caller's row with the task's beside it, or nulls.
Result<model::Task> permitted_task(const Rows& rows) {
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  return task_from(*row);
}

std::string caller_and(std::string_view cte) {
  return " select c.permitted, " + task_columns("t") + " from caller c left join " + std::string(cte) +
         " t on true";
}

// $1..$3 caller, $4..$7 stamp, $8 id, $9 title, $10 description, $11 status.
const Statement create{"create_task", Effect::writes,
                       std::string(kCaller) + R"(, made as (
  insert into taskward.tasks (owner_id, id, title, description, status, completed_at)
  select c.id, $8::uuid, $9::text, $10::text, $11::text, case when $11::text = 'done' then now() end
    from caller c where c.permitted
  returning *
))" + audit_deed(AuditAction::task_create, "task", "made") +
                           caller_and("made")};

// $1..$3 caller, $4 id.
const Statement find{"find_task", Effect::reads,
                     std::string(kCaller) + " select c.permitted, " + task_columns("t") +
                         " from caller c left join taskward.tasks t"
                         " on c.permitted and t.owner_id = c.id and t.id = $4::uuid"};

// $1..$3 caller, $4 limit, $5 offset, and $6 statuses where `condition` names them. Two statements,
// because one that may or may not filter could not use the index of the statuses.
Statement list(std::string name, std::string_view condition) {
  return {std::move(name), Effect::reads,
          std::string(kCaller) + " select c.permitted, " + task_columns("t") +
              " from caller c left join lateral (select * from taskward.tasks o where o.owner_id = c.id" +
              std::string(condition) +
              " order by o.created_at desc, o.id desc limit $4::integer offset $5::integer) t on c.permitted"
              " order by t.created_at desc, t.id desc"};
}

const Statement list_all = list("list_tasks", "");
const Statement list_by_status = list("list_tasks_by_status", " and o.status = any($6::text[])");

// $1..$3 caller, $4..$7 stamp, $8 id, $9 title, $10 description, $11 status, each null to leave it.
const Statement change{"update_task", Effect::writes,
                       std::string(kCaller) + R"(, before as (
  select t.*, array_remove(array[case when $9::text is distinct from t.title and $9::text is not null then 'title' end,
             case when $10::text is distinct from t.description and $10::text is not null then 'description' end,
             case when $11::text is distinct from t.status and $11::text is not null then 'status' end], null) as fields
    from taskward.tasks t join caller c on c.permitted and t.owner_id = c.id
   where t.id = $8::uuid
     for update of t
), changed as (
  update taskward.tasks t
     set title = coalesce($9::text, t.title), description = coalesce($10::text, t.description),
         status = coalesce($11::text, t.status),
         completed_at = case when coalesce($11::text, t.status) = 'done' then coalesce(t.completed_at, now()) end,
         updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from before b
   where t.owner_id = b.owner_id and t.id = b.id and cardinality(b.fields) > 0
  returning t.*, b.fields
), after as (
  select ch.* from changed ch union all select b.* from before b where not exists (select from changed)
))" + audit_deed(AuditAction::task_update, "task", "changed", "d.fields") +
                           caller_and("after")};

// $1..$3 caller, $4..$7 stamp, $8 id.
const Statement remove{"delete_task", Effect::writes,
                       std::string(kCaller) + R"(, gone as (
  delete from taskward.tasks t using caller c
   where c.permitted and t.owner_id = c.id and t.id = $8::uuid
  returning t.id
))" + audit_deed(AuditAction::task_delete, "task", "gone") +
                           " select c.permitted, g.id from caller c left join gone g on true"};

}  // namespace

StatementList task_statements() { return {&create, &find, &list_all, &list_by_status, &change, &remove}; }

Result<model::Task> insert_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                const model::NewTask& task, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id).text(task.title).text(task.description).text(model::name(task.status));
  return permitted_task(database.run(create, params));
}

Result<model::Task> find_task(db::Connection& database, const ReadTasks& access, const TaskId& id) {
  Params params;
  add_caller(params, access);
  params.id(id);
  return permitted_task(database.run(find, params));
}

Result<std::vector<model::Task>> list_tasks(db::Connection& database, const ReadTasks& access,
                                            const model::TaskQuery& query) {
  Params params;
  add_caller(params, access);
  params.number(query.limit).number(query.offset);
  std::string statuses = "{";
  for (const model::TaskStatus status : query.statuses) {
    if (statuses.size() > 1) statuses += ',';
    statuses += model::name(status);
  }
  statuses += '}';
  if (!query.statuses.empty()) params.literal(statuses.c_str());
  const Rows rows = database.run(query.statuses.empty() ? list_all : list_by_status, params);
  auto first = permitted_row(rows);
  if (!first) return std::move(first).error();
  std::vector<model::Task> tasks;
  if (first->is_null()) return tasks;
  tasks.reserve(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip();
    tasks.push_back(task_from(row));
  }
  return tasks;
}

Result<model::Task> update_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                const model::TaskChange& changes, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id).text_or_null(changes.title);
  params.text_or_null(changes.description);
  if (changes.status)
    params.text(model::name(*changes.status));
  else
    params.null();
  return permitted_task(database.run(change, params));
}

Result<Done> delete_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                         const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id);
  const Rows rows = database.run(remove, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  return Done{};
}

}  // namespace taskward::store
