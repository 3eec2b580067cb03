#include "taskward/store/task_batches.hpp"

#include "run_again.hpp"
#include "statement_lists.hpp"
#include "task_parts.hpp"
#include "task_room.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

enum class Keyed : std::uint8_t { no, yes };

/// The parts of a batch, as a statement numbers and so orders them.
enum class Part : std::uint8_t { create = 0, update = 1, remove = 2 };

// $4 has the ids of all records; the others of a stamp are as ever.
std::string origin_values() { return "$5::text, $6::text::inet, $7::text"; }

/// The columns of the JSON in which tasks are given.
constexpr std::string_view kGivenColumns =
    "ord integer, id uuid, version bigint, title text, description text, status text, priority smallint,"
    " due_given boolean, due_at timestamptz, tags text[], created_at timestamptz, completed_at timestamptz";

std::string given(int number) {
  return "json_to_recordset(" + parameter(number) + "::json) as g (" + std::string(kGivenColumns) + ')';
}

/// CTEs that take room for `need.n` tasks of the CTE `who` from as many shards as that takes: `taken` has
/// rows if there was enough.
std::string take_room(std::string_view who, const std::string& quota) {
  return ", free as materialized (select r.shard, r.room from " + room_of(who, quota) +
         " cross join need where need.n > 0 order by r.shard for update of r), shares as (select f.shard,"
         " greatest(0, least(f.room, n.n - (sum(f.room) over (order by f.shard) - f.room))) as share,"
         " sum(f.room) over () >= n.n as is_enough from free f cross join need n), taken as (update"
         " taskward.task_room r set room = r.room - s.share from shares s, " +
         std::string(who) +
         " c where r.owner_id = c.id and r.shard = s.shard and s.is_enough and s.share > 0 returning 1)";
}

/// CTE `made`: the new tasks of the CTE `adds`, for the CTE `who` if it has a row.
std::string make_tasks(std::string_view who) {
  return ", made as (insert into taskward.tasks (owner_id, id, title, description, status, priority, due_at, "
         "tags,"
         " created_at, updated_at, completed_at) select c.id, a.id, a.title, a.description, a.status, "
         "a.priority,"
         " a.due_at, a.tags, least(coalesce(a.created_at, now()), now()), now(), case when a.status = 'done' "
         "then"
         " greatest(least(coalesce(a.completed_at, now()), now()), least(coalesce(a.created_at, now()), "
         "now()))"
         " end from " +
         std::string(who) + " c cross join adds a returning *)";
}

/// A record for each row of `from` (SQL that gives id, ord, action and fields), or one that the caller's role
/// did not permit what was asked for.
std::string records(AuditAction asked, const std::string& from) {
  return ", noted as (insert into taskward.audit " + std::string(kAuditColumns) +
         " select ($4::uuid[])[d.ord], " + origin_values() +
         ", c.id, c.role, d.action, 'task', d.id, 'success', null, d.fields from caller c cross join (" +
         from + ") d), denied as (insert into taskward.audit " + std::string(kAuditColumns) +
         " select ($4::uuid[])[1], " + origin_values() + ", c.id, c.role, " +
         quoted(AuditAction::access_denied) + ", 'task', null, 'denied', " + quoted(asked) +
         ", null::text[] from caller c where not c.permitted)";
}

// $1..$3 caller, $4 ids of the records, $5..$7 request, address and agent, $8 new tasks, $9 changes, $10 ids
// to remove, $11 quota, and $12 and $13 the key.
std::string changing(Keyed keyed) {
  const bool with_key = keyed == Keyed::yes;
  const std::string fields = R"(array_remove(array[
             case when g.title is distinct from t.title and g.title is not null then 'title' end,
             case when g.description is distinct from t.description and g.description is not null then 'description' end,
             case when g.status is distinct from t.status and g.status is not null then 'status' end,
             case when g.priority is distinct from t.priority and g.priority is not null then 'priority' end,
             case when g.due_at is distinct from t.due_at and g.due_given then 'due_at' end,
             case when g.tags is distinct from t.tags and g.tags is not null then 'tags' end], null))";
  std::string sql = std::string(kCaller) + (with_key ? find_key(12) : std::string()) +
                    ", adds as materialized (select * from " + given(8) +
                    "), changes as materialized (select * from " + given(9) +
                    R"(), removals as materialized (
  select r.id, r.ord from unnest($10::uuid[]) with ordinality as r (id, ord)
), who as (
  select c.* from caller c where c.permitted)" +
                    (with_key ? " and not exists (select from earlier)" : "") + R"(
), locked as materialized (
  select t.* from taskward.tasks t join who c on t.owner_id = c.id
   where not t.trashed and t.id in (select g.id from changes g union all select r.id from removals r)
   order by t.id for update of t
), obstacles as (
  select 1::smallint as part, g.ord, case when t.id is null then 'not_found' else 'stale_version' end as what
    from who cross join changes g left join locked t on t.id = g.id where t.id is null or g.version <> t.version
  union all
  select 2, r.ord - 1, 'not_found' from who cross join removals r left join locked t on t.id = r.id where t.id is null
), need as (
  select (select count(*) from adds) - (select count(*) from removals) as n
), sound as (
  select c.* from who c where not exists (select from obstacles) and (not exists (select from removals) or )" +
                    trash_has_room("c.id", "$11", "(select count(*) from removals)") + R"()
))" + take_room("sound", "$11") +
                    R"(, fit as (
  select c.* from sound c cross join need n where n.n <= 0 or exists (select from taken)
), given as (
  update taskward.task_room r set room = r.room - n.n from fit c, need n
   where n.n < 0 and r.owner_id = c.id and r.shard = 0
))" + make_tasks("fit") +
                    R"(, wanted as (
  select t.*, g.ord, g.title as new_title, g.description as new_description, g.status as new_status,
         g.priority as new_priority, g.due_given, g.due_at as new_due_at, g.tags as new_tags, )" +
                    fields + R"( as fields
    from locked t join changes g on g.id = t.id cross join fit
), changed as (
  update taskward.tasks t
     set title = coalesce(w.new_title, t.title), description = coalesce(w.new_description, t.description),
         status = coalesce(w.new_status, t.status), priority = coalesce(w.new_priority, t.priority),
         due_at = case when w.due_given then w.new_due_at else t.due_at end, tags = coalesce(w.new_tags, t.tags),
         completed_at = case when coalesce(w.new_status, t.status) = 'done' then coalesce(t.completed_at, now()) end,
         updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from wanted w
   where t.owner_id = w.owner_id and t.id = w.id and cardinality(w.fields) > 0
  returning t.*, w.ord, w.fields
), removed as (
  update taskward.tasks t
     set deleted_at = now(), updated_at = greatest(now(), t.updated_at), version = t.version + 1
    from locked b join removals r on r.id = b.id cross join fit
   where t.owner_id = b.owner_id and t.id = b.id
  returning t.*, r.ord
), outcome as (
  select 0::smallint as part, a.ord::bigint as ord, )" +
                    task_columns("m") + R"( from made m join adds a on a.id = m.id
  union all select 1, ch.ord, )" +
                    task_columns("ch") + R"( from changed ch
  union all select 1, w.ord, )" +
                    task_columns("w") + R"( from wanted w where cardinality(w.fields) = 0
  union all select 2, r.ord, )" +
                    task_columns("r") + " from removed r)";
  if (with_key) {
    sql +=
        ", answered as (select c.id as owner_id, coalesce((select array_agg(o.id) from outcome o), '{}') as "
        "ids,"
        " coalesce((select jsonb_agg(to_jsonb(o)) from outcome o), '[]') as rows from fit c)" +
        keep_key(12, "answered", "d.ids", "d.rows") +
        ", shown as (select * from outcome union all select a.*"
        " from earlier e cross join lateral jsonb_to_recordset(e.answer) as a (part smallint, ord bigint, " +
        task_columns_with_types() + ") where e.same_request)";
  }
  const std::string counts = "(select count(*) from adds)";
  sql += records(AuditAction::task_update,
                 "select m.id, a.ord + 1 as ord, " + quoted(AuditAction::task_create) +
                     " as action, null::text[] as fields from made m join adds a on a.id = m.id union all "
                     "select ch.id, " +
                     counts + " + ch.ord + 1, " + quoted(AuditAction::task_update) +
                     ", ch.fields from changed ch union all select r.id, " + counts +
                     " + (select count(*) from changes) + r.ord, " + quoted(AuditAction::task_delete) +
                     ", null::text[] from removed r");
  sql += std::string(" select c.permitted, ") + (with_key ? "e.same_request, e.answer is not null, " : "") +
         "exists (select from obstacles) as is_hindered, not exists (select from sound) as lacks_trash,"
         " not exists (select from fit) as lacks_room, coalesce(b.part, t.part), coalesce(b.ord, "
         "t.ord)::bigint, b.what, " +
         task_columns("t") + " from caller c " + (with_key ? "left join earlier e on true " : "") +
         "left join obstacles b on true left join " + (with_key ? "shown" : "outcome") +
         " t on true order by 1" + (with_key ? ", 2, 3" : "") + ", " + (with_key ? "7, 8" : "5, 6");
  return sql;
}

const Statement change{"change_tasks", Effect::writes, changing(Keyed::no)};
const Statement change_keyed{"change_tasks_keyed", Effect::writes, changing(Keyed::yes)};

// $1..$3 caller, $4 ids of the records, $5..$7 request, address and agent, $8 tasks, $9 quota, and $10 and
// $11 the key. Run in a transaction in which the room was settled.
std::string importing(Keyed keyed) {
  const bool with_key = keyed == Keyed::yes;
  std::string sql = std::string(kCaller) + (with_key ? find_key(10) : std::string()) + R"(, who as (
  select c.* from caller c where c.permitted)" +
                    (with_key ? " and not exists (select from earlier)" : "") +
                    "), offered as materialized (select g.* from who cross join " + given(8) +
                    R"(), free_in_all as (
  select coalesce(sum(r.room), 0) as n from )" +
                    room_of("who", "$9") + R"(), need as (
  select least(f.n, (select count(*) from offered))::bigint as n from free_in_all f
), adds as materialized (
  select o.* from offered o cross join need n where o.ord < n.n
))" + take_room("who", "$9") +
                    ", fit as (select c.* from who c where exists (select from taken))" + make_tasks("fit");
  if (with_key) {
    sql +=
        ", answered as (select c.id as owner_id, coalesce((select array_agg(m.id) from made m), '{}') as "
        "ids, to_jsonb("
        "(select count(*) from made)) as taken from who c)" +
        // The number says nothing of any task, so it is not erased with one.
        keep_key(10, "answered", "'{}'::uuid[]", "d.taken");
  }
  sql += records(AuditAction::task_create,
                 "select m.id, a.ord + 1 as ord, " + quoted(AuditAction::task_create) +
                     " as action, null::text[] as fields from made m join adds a on a.id = m.id");
  sql += std::string(" select c.permitted, ") + (with_key ? "e.same_request, e.answer is not null, " : "") +
         (with_key ? "coalesce((e.answer #>> '{}')::bigint, (select count(*) from made))"
                   : "(select count(*) from made)") +
         " from caller c" + (with_key ? " left join earlier e on true" : "");
  return sql;
}

const Statement import_all{"import_tasks", Effect::writes, importing(Keyed::no)};
const Statement import_all_keyed{"import_tasks_keyed", Effect::writes, importing(Keyed::yes)};

void write_moment(json::Writer& w, std::string_view key, const std::optional<Timestamp>& moment) {
  if (!moment) return;
  w.key(key);
  w.string(rfc3339_precise(*moment));
}

void write_tags(json::Writer& w, const std::vector<std::string>& tags) {
  w.key("tags");
  w.begin_array();
  for (const std::string& tag : tags) w.string(tag);
  w.end_array();
}

void begin_given(json::Writer& w, std::size_t ord, const TaskId& id) {
  w.begin_object();
  w.key("ord");
  w.number(static_cast<std::int64_t>(ord));
  w.key("id");
  w.string(id.text());
}

void write_new(json::Writer& w, const model::NewTask& task) {
  w.key("title");
  w.string(task.title);
  w.key("description");
  w.string(task.description);
  w.key("status");
  w.string(model::name(task.status));
  w.key("priority");
  w.number(number_of(task.priority));
  write_moment(w, "due_at", task.due_at);
  write_tags(w, task.tags);
}

std::string new_tasks(const std::vector<model::NewTask>& tasks, std::span<const TaskId> ids) {
  json::Writer w;
  w.begin_array();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    begin_given(w, i, ids[i]);
    write_new(w, tasks[i]);
    w.end_object();
  }
  w.end_array();
  return w.take();
}

std::string imported_tasks(const std::vector<model::ImportedTask>& tasks, std::span<const TaskId> ids) {
  json::Writer w;
  w.begin_array();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    begin_given(w, i, ids[i]);
    write_new(w, tasks[i]);
    write_moment(w, "created_at", tasks[i].created_at);
    write_moment(w, "completed_at", tasks[i].completed_at);
    w.end_object();
  }
  w.end_array();
  return w.take();
}

std::string changes_of(const std::vector<model::BatchUpdate>& updates) {
  json::Writer w;
  w.begin_array();
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const model::BatchUpdate& update = updates[i];
    begin_given(w, i, update.id);
    if (update.version) {
      w.key("version");
      w.number(*update.version);
    }
    if (update.title) {
      w.key("title");
      w.string(*update.title);
    }
    if (update.description) {
      w.key("description");
      w.string(*update.description);
    }
    if (update.status) {
      w.key("status");
      w.string(model::name(*update.status));
    }
    if (update.priority) {
      w.key("priority");
      w.number(number_of(*update.priority));
    }
    w.key("due_given");
    w.boolean(update.due_at.has_value());
    if (update.due_at) write_moment(w, "due_at", *update.due_at);
    if (update.tags) write_tags(w, *update.tags);
    w.end_object();
  }
  w.end_array();
  return w.take();
}

template <class Ids>
db::ArrayText array_of_ids(const Ids& ids) {
  db::ArrayText array;
  for (const auto& id : ids) array.add(id.text());
  return array;
}

void add_origin(Params& params, const model::Origin& origin) {
  params.text_or_null(origin.request_id).text_or_null(origin.client_address).text_or_null(origin.user_agent);
}

using ChangeOutcome = std::variant<BatchDone, std::vector<BatchObstacle>>;

/// Nothing when there was no room.
std::optional<Result<ChangeOutcome>> change_outcome(const Rows& rows, bool with_key, int quota) {
  using Outcome = Result<ChangeOutcome>;
  auto first = permitted_row(rows);
  if (!first) return Outcome(std::move(first).error());
  bool is_replay = false;
  if (with_key) {
    auto replay = replay_of(*first);
    if (replay && !*replay) return Outcome(std::move(*replay).error());
    is_replay = replay.has_value();
  }
  const bool is_hindered = first->boolean();
  const bool lacks_trash = first->boolean();
  const bool lacks_room = first->boolean();
  if (!is_replay && !is_hindered && lacks_trash) return Outcome(trash_is_full(quota));
  if (!is_replay && !is_hindered && lacks_room) return std::nullopt;
  BatchDone done;
  std::vector<BatchObstacle> obstacles;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip(with_key ? 6 : 4);
    if (row.is_null()) break;  // an empty batch
    const auto part = static_cast<Part>(row.number());
    const auto ord = static_cast<std::size_t>(row.number());
    const auto what = row.text_or_null();
    if (what) {
      obstacles.push_back(
          {part == Part::update ? BatchObstacle::Part::update : BatchObstacle::Part::remove, ord,
           *what == "not_found" ? BatchObstacle::Kind::not_found : BatchObstacle::Kind::stale_version});
    } else if (part == Part::remove) {
      done.removed.push_back(task_from(row).id);
    } else {
      (part == Part::create ? done.created : done.updated).push_back(task_from(row));
    }
  }
  if (is_hindered) return Outcome(ChangeOutcome(std::move(obstacles)));
  return Outcome(ChangeOutcome(std::move(done)));
}

}  // namespace

StatementList task_batch_statements() { return {&change, &change_keyed, &import_all, &import_all_keyed}; }

Result<ChangeOutcome> change_tasks(db::Connection& database, const WriteTasks& access,
                                   const model::TaskBatch& batch, std::span<const TaskId> created,
                                   std::span<const AuditId> records, int quota,
                                   const std::optional<IdempotencyKey>& key, const model::Origin& origin) {
  const std::string adds = new_tasks(batch.create, created);
  const std::string changes = changes_of(batch.update);
  db::ArrayText removals = array_of_ids(batch.remove);
  db::ArrayText record_ids = array_of_ids(records);
  const auto needed =
      static_cast<std::int64_t>(batch.create.size()) - static_cast<std::int64_t>(batch.remove.size());
  return where_there_is_room<ChangeOutcome>(
      database, access.user(), quota, needed, [&](RoomWait) -> std::optional<Result<ChangeOutcome>> {
        Params params;
        add_caller(params, access);
        params.literal(record_ids.c_str());
        add_origin(params, origin);
        params.text(adds).text(changes).literal(removals.c_str()).number(quota);
        if (key) add_key(params, *key);
        const Statement& statement = key ? change_keyed : change;
        return change_outcome(until_seen([&] { return database.run(statement, params); }), key.has_value(),
                              quota);
      });
}

Result<std::size_t> insert_tasks(db::Connection& database, const WriteTasks& access,
                                 const std::vector<model::ImportedTask>& tasks,
                                 std::span<const TaskId> created, std::span<const AuditId> records, int quota,
                                 const std::optional<IdempotencyKey>& key, const model::Origin& origin) {
  const std::string offered = imported_tasks(tasks, created);
  db::ArrayText record_ids = array_of_ids(records);
  Params params;
  add_caller(params, access);
  params.literal(record_ids.c_str());
  add_origin(params, origin);
  params.text(offered).number(quota);
  if (key) add_key(params, *key);
  return until_seen([&]() -> Result<std::size_t> {
    db::Transaction transaction(database);
    static_cast<void>(settle_room(database, access.user(), quota));
    const Rows rows = database.run(key ? import_all_keyed : import_all, params);
    transaction.commit();
    auto row = permitted_row(rows);
    if (!row) return std::move(row).error();
    if (key) {
      if (auto replay = replay_of(*row); replay && !*replay) return std::move(*replay).error();
    }
    return static_cast<std::size_t>(row->number());
  });
}

}  // namespace taskward::store
