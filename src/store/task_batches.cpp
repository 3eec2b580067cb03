#include "taskward/store/task_batches.hpp"

#include "fragments.hpp"
#include "idempotency.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "task_json.hpp"
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

/// The parts of a batch, as numbered in the statement's result and in its order.
enum class Row : std::uint8_t { create = 0, update = 1, remove = 2 };

/// Larger responses are not stored for replays. Everything a request can contain fits; this bounds the
/// storage of what a request only refers to, such as large tasks that it deletes.
constexpr std::size_t kStoredResponseMaxBytes = 128UL * 1024;

// $1..$3 caller, $4 ids of audit records, $5..$7 request id, address and user agent, $8 new tasks, $9
// changes, $10 ids to remove, $11 quota, and $12 and $13 the key.
std::string batch_sql(Keyed keyed) {
  const bool with_key = keyed == Keyed::yes;
  std::string sql = std::string(kCaller);
  if (with_key) sql += find_key(12);
  sql += filled(R"(, additions as materialized (
  select * from {new_tasks}
), changes as materialized (
  select * from {changes}
), removals as materialized (
  select r.id, r.ord from unnest($10::uuid[]) with ordinality as r (id, ord)
), owner as (
  select c.* from caller c where c.permitted{unless_replay}
), locked as materialized (
  select t.* from taskward.tasks t join owner c on t.owner_id = c.id
   where not t.trashed and t.id in (select g.id from changes g union all select r.id from removals r)
   order by t.id for update of t
), conflicts as (
  select 1::smallint as part, g.ord, case when t.id is null then 'not_found' else 'stale_version' end as conflict
    from owner cross join changes g left join locked t on t.id = g.id where t.id is null or g.version <> t.version
  union all
  select 2, r.ord - 1, 'not_found' from owner cross join removals r left join locked t on t.id = r.id where t.id is null
), need as (
  select (select count(*) from additions) - (select count(*) from removals) as n
), valid as (
  select c.* from owner c where not exists (select from conflicts)
))",
                {{"new_tasks", json_task_rows(8)},
                 {"changes", json_task_rows(9)},
                 {"unless_replay", with_key ? " and " + std::string(kIsFirst) : ""}});
  sql += take_quota("valid", "$11");
  sql += filled(R"(, permitted_owner as (
  select c.* from valid c cross join need n where n.n <= 0 or exists (select from taken)
), returned_quota as (
  update taskward.task_room r set {more} from permitted_owner c, need n
   where n.n < 0 and r.owner_id = c.id and r.shard = 0
))",
                {{"more", more_quota("- n.n")}});
  sql += insert_json_tasks("permitted_owner");
  sql += filled(R"(, wanted as (
  select t.*, g.ord, {fields} as fields from locked t join changes g on g.id = t.id cross join permitted_owner
), changed as (
  update taskward.tasks t set {assignments}
    from wanted w join changes g on g.id = w.id
   where t.owner_id = w.owner_id and t.id = w.id and cardinality(w.fields) > 0
  returning t.*, w.ord, w.fields
), removed as (
  update taskward.tasks t
     set deleted_at = now(), updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from locked b join removals r on r.id = b.id cross join permitted_owner
   where t.owner_id = b.owner_id and t.id = b.id
  returning t.*, r.ord
), outcome as (
  select 0::smallint as part, a.ord::bigint as ord, {m} from created m join additions a on a.id = m.id
  union all select 1, ch.ord, {ch} from changed ch
  union all select 1, w.ord, {w} from wanted w where cardinality(w.fields) = 0
  union all select 2, r.ord, {r} from removed r
))",
                {{"fields", changed_fields("t", "g")},
                 {"assignments", assignments("t", "g")},
                 {"m", task_columns("m")},
                 {"ch", task_columns("ch")},
                 {"w", task_columns("w")},
                 {"r", task_columns("r")}});
  sql += evict_from_trash("permitted_owner", "$11", "(select count(*) from removals)") +
         erase_answers("evicted");
  if (with_key) {
    const std::string stored_answer = filled("case when octet_length(d.rows::text) <= {most} then d.rows end",
                                             {{"most", std::to_string(kStoredResponseMaxBytes)}});
    sql += R"(, response as (
  select c.id as owner_id, coalesce((select array_agg(o.id) from outcome o), '{}') as ids,
         coalesce((select jsonb_agg(to_jsonb(o)) from outcome o), '[]') as rows from permitted_owner c
))" + store_key(12, "response", "d.ids", stored_answer);
    sql += filled(R"(, result as (
  select * from outcome union all select a.* from earlier e
   cross join lateral jsonb_to_recordset(e.answer) as a (part smallint, ord bigint, {types}) where e.same_request
))",
                  {{"types", task_columns_with_types()}});
  }
  // Ids of audit records are used in this order: new tasks, changes, removals, evictions from the trash.
  sql += audit_each(AuditAction::task_update, filled(R"(
    select {create} as action, m.id, a.ord + 1 as ord, null as reason, null::text[] as fields
      from created m join additions a on a.id = m.id
    union all select {update}, ch.id, (select count(*) from additions) + ch.ord + 1, null, ch.fields from changed ch
    union all select {delete}, r.id, (select count(*) from additions) + (select count(*) from changes) + r.ord, null, null
      from removed r
    union all select {erase}, k.id, (select count(*) from additions) + (select count(*) from changes)
             + (select count(*) from removals) + row_number() over (), 'trash_full', null
      from evicted k)",
                                                     {{"create", quoted(AuditAction::task_create)},
                                                      {"update", quoted(AuditAction::task_update)},
                                                      {"delete", quoted(AuditAction::task_delete)},
                                                      {"erase", quoted(AuditAction::task_erase)}}));
  sql += filled(R"(
select c.permitted{replay}, exists (select from conflicts) as has_conflicts,
       not exists (select from permitted_owner) as is_over_quota,
       coalesce(b.part, t.part) as part, coalesce(b.ord, t.ord)::bigint as ord, b.conflict, {t}
  from caller c {join_earlier} left join conflicts b on true left join {rows} t on true
 order by part, ord)",
                {{"replay", with_key ? ", " + std::string(kReplayColumns) : ""},
                 {"t", task_columns("t")},
                 {"join_earlier", with_key ? "left join earlier e on true" : ""},
                 {"rows", with_key ? "result" : "outcome"}});
  return sql;
}

const Statement apply{"apply_batch", Effect::writes, batch_sql(Keyed::no)};
const Statement apply_keyed{"apply_batch_keyed", Effect::writes, batch_sql(Keyed::yes)};

std::string new_tasks(const std::vector<model::NewTask>& tasks, std::span<const TaskId> ids) {
  json::Writer w;
  w.begin_array();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    begin_task(w, i, ids[i]);
    write_new_task(w, tasks[i]);
    w.end_object();
  }
  w.end_array();
  return w.take();
}

std::string changes_of(const std::vector<model::BatchUpdate>& updates) {
  json::Writer w;
  w.begin_array();
  for (std::size_t i = 0; i < updates.size(); ++i) {
    begin_task(w, i, updates[i].id);
    if (updates[i].version) {
      w.key("version");
      w.number(*updates[i].version);
    }
    write_change(w, updates[i]);
    w.end_object();
  }
  w.end_array();
  return w.take();
}

using Outcome = std::variant<BatchDone, std::vector<BatchConflict>>;

BatchConflict conflict_from(Row part, std::size_t ord, std::string_view conflict) {
  return {part == Row::update ? BatchConflict::Part::update : BatchConflict::Part::remove, ord,
          conflict == "not_found" ? BatchConflict::Kind::not_found : BatchConflict::Kind::stale_version};
}

/// Nothing when there was not enough quota.
std::optional<Result<Outcome>> outcome_of(const Rows& rows, bool with_key) {
  auto first = permitted_row(rows);
  if (!first) return Result<Outcome>(std::move(first).error());
  bool is_replay = false;
  if (with_key) {
    auto replay = replay_from(*first);
    if (replay && !*replay) return Result<Outcome>(std::move(*replay).error());
    is_replay = replay.has_value();
  }
  const bool has_conflicts = first->boolean();
  const bool is_over_quota = first->boolean();
  if (!is_replay && !has_conflicts && is_over_quota) return std::nullopt;
  BatchDone done;
  std::vector<BatchConflict> conflicts;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip(3 + (with_key ? kReplayColumnCount : 0));
    if (row.is_null()) break;  // an empty batch
    const auto part = static_cast<Row>(row.number());
    const auto ord = static_cast<std::size_t>(row.number());
    if (const auto conflict = row.text_or_null())
      conflicts.push_back(conflict_from(part, ord, *conflict));
    else if (part == Row::remove)
      done.removed.push_back(task_from(row).id);
    else
      (part == Row::create ? done.created : done.updated).push_back(task_from(row));
  }
  if (has_conflicts) return Result<Outcome>(Outcome(std::move(conflicts)));
  return Result<Outcome>(Outcome(std::move(done)));
}

}  // namespace

StatementList task_batch_statements() { return {&apply, &apply_keyed}; }

std::size_t records_of(const model::TaskBatch& batch) noexcept {
  return batch.size() + batch.remove.size() + 1;
}

Result<Outcome> apply_batch(db::Connection& database, const WriteTasks& access, const model::TaskBatch& batch,
                            std::span<const TaskId> created, std::span<const AuditId> records, int quota,
                            const std::optional<IdempotencyKey>& key, const model::Origin& origin) {
  const std::string additions = new_tasks(batch.create, created);
  const std::string changes = changes_of(batch.update);
  db::ArrayText removals = array_of_ids(batch.remove);
  db::ArrayText record_ids = array_of_ids(records);
  const auto needed =
      static_cast<std::int64_t>(batch.create.size()) - static_cast<std::int64_t>(batch.remove.size());
  return within_quota<Outcome>(
      database, access.user(), quota, needed, [&]() -> std::optional<Result<Outcome>> {
        Params params;
        add_caller(params, access);
        params.literal(record_ids.c_str());
        add_origin(params, origin);
        params.text(additions).text(changes).literal(removals.c_str()).number(quota);
        if (key) add_key(params, *key);
        const Statement& statement = key ? apply_keyed : apply;
        return outcome_of(retry_on_unique_violation([&] { return database.run(statement, params); }),
                          key.has_value());
      });
}

}  // namespace taskward::store
