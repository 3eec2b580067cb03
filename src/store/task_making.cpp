// Making one task: the statement that is run most often of those that write.
#include "idempotency.hpp"
#include "run_again.hpp"
#include "statement_lists.hpp"
#include "task_parts.hpp"
#include "task_room.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

// $1..$3 caller, $4..$7 stamp, $8 id, $9 title, $10 description, $11 status, $12 priority, $13 due date, $14
// tags, $15 quota, and $16 and $17 the key.
std::string making(Keyed keyed, RoomWait wait) {
  const bool with_key = keyed == Keyed::yes;
  std::string sql = std::string(kCaller);
  if (with_key) sql += find_key(16);
  sql += filled(", who as (select c.* from caller c where c.permitted{unless_earlier})",
                {{"unless_earlier", with_key ? " and " + std::string(kIsFirst) : ""}});
  sql += take_room_for_one("who", "$15", wait);
  sql += filled(R"(, made as (
  insert into taskward.tasks (owner_id, id, {written}, completed_at)
  select c.id, $8::uuid, $9::text, $10::text, $11::text, $12::smallint, $13::timestamptz, $14::text[],
         case when $11::text = 'done' then now() end
    from who c, roomy
  returning *
))",
                {{"written", written_columns()}});
  if (with_key) {
    sql += filled(R"(, answered as (
  select m.owner_id, m.id, to_jsonb(t) as task from made m cross join lateral (select {m}) t
))",
                  {{"m", task_columns("m")}});
    sql += keep_key(16, "answered", "array[d.id]", "jsonb_build_array(d.task)");
    // The first answer again, as if it had just been made.
    sql += filled(R"(, shown as (
  select {m} from made m union all select {a} from earlier e
   cross join lateral jsonb_to_recordset(e.answer) as a ({types}) where e.same_request
))",
                  {{"m", task_columns("m")}, {"a", task_columns("a")}, {"types", task_columns_with_types()}});
  }
  sql += audit_deed(AuditAction::task_create, "task", "made");
  if (!with_key)
    return sql + " select c.permitted, " + task_columns("t") + " from caller c left join made t on true";
  return sql + " select c.permitted, " + std::string(kReplayColumns) + ", " + task_columns("t") +
         " from caller c left join earlier e on true left join shown t on true";
}

const Statement create{"create_task", Effect::writes, making(Keyed::no, RoomWait::skip)};
const Statement create_waiting{"create_task_waiting", Effect::writes, making(Keyed::no, RoomWait::wait)};
const Statement create_keyed{"create_task_keyed", Effect::writes, making(Keyed::yes, RoomWait::skip)};
const Statement create_keyed_waiting{"create_task_keyed_waiting", Effect::writes,
                                     making(Keyed::yes, RoomWait::wait)};

const Statement& statement_for(bool with_key, RoomWait wait) {
  if (with_key) return wait == RoomWait::skip ? create_keyed : create_keyed_waiting;
  return wait == RoomWait::skip ? create : create_waiting;
}

}  // namespace

StatementList task_making_statements() {
  return {&create, &create_waiting, &create_keyed, &create_keyed_waiting};
}

Result<model::Task> insert_task(db::Connection& database, const WriteTasks& access, const TaskId& id,
                                const model::NewTask& task, int quota,
                                const std::optional<IdempotencyKey>& key, const model::AuditStamp& stamp) {
  return where_there_is_room<model::Task>(
      database, access.user(), quota, 1, [&](RoomWait wait) -> std::optional<Result<model::Task>> {
        Params params;
        add_caller(params, access);
        add_stamp(params, stamp);
        const std::string due = literal_of(task.due_at);
        db::ArrayText tags = array_of(task.tags);
        params.id(id).text(task.title).text(task.description).text(model::name(task.status));
        params.number(number_of(task.priority));
        add_literal_or_null(params, due);
        params.literal(tags.c_str()).number(quota);
        if (key) add_key(params, *key);
        const Statement& statement = statement_for(key.has_value(), wait);
        const Rows rows = until_seen([&] { return database.run(statement, params); });
        auto row = permitted_row(rows);
        if (!row) return Result<model::Task>(std::move(row).error());
        if (key) {
          if (auto replay = replay_of(*row); replay && !*replay)
            return Result<model::Task>(std::move(*replay).error());
        }
        if (row->is_null()) return std::nullopt;
        return Result<model::Task>(task_from(*row));
      });
}

}  // namespace taskward::store
