// Pieces of SQL that statements on tasks share, and the reading of what they give back.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fragments.hpp"
#include "taskward/base/text.hpp"
#include "taskward/db/array.hpp"
#include "taskward/model/task.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::store {

/// The columns of a task with their types, in the order task_from reads them.
struct TaskColumn {
  std::string_view name, type;
};
inline constexpr std::array kTaskColumns{
    TaskColumn{"id", "uuid"},
    TaskColumn{"title", "text"},
    TaskColumn{"description", "text"},
    TaskColumn{"status", "text"},
    TaskColumn{"priority", "smallint"},
    TaskColumn{"due_at", "timestamptz"},
    TaskColumn{"tags", "text[]"},
    TaskColumn{"created_at", "timestamptz"},
    TaskColumn{"updated_at", "timestamptz"},
    TaskColumn{"completed_at", "timestamptz"},
    TaskColumn{"version", "bigint"},
    TaskColumn{"deleted_at", "timestamptz"},
};

/// Those of the table or CTE `alias`.
inline std::string task_columns(std::string_view alias) {
  std::string out;
  for (const TaskColumn& column : kTaskColumns) {
    if (!out.empty()) out += ", ";
    out += std::string(alias) + '.' + std::string(column.name);
  }
  return out;
}

/// The same with their types, as a function that gives rows of JSON wants them.
inline std::string task_columns_with_types() {
  std::string out;
  for (const TaskColumn& column : kTaskColumns) {
    if (!out.empty()) out += ", ";
    out += std::string(column.name) + ' ' + std::string(column.type);
  }
  return out;
}

inline model::Task task_from(db::RowReader& row) {
  model::Task task;
  task.id = row.id<TaskId>();
  task.title = row.text();
  task.description = row.text();
  task.status = model::task_status(row.view()).value();
  task.priority = model::kTaskPriorities.at(static_cast<std::size_t>(row.number()));
  task.due_at = row.timestamp_or_null();
  task.tags = row.texts();
  task.created_at = row.timestamp();
  task.updated_at = row.timestamp();
  task.completed_at = row.timestamp_or_null();
  task.version = row.number();
  task.deleted_at = row.timestamp_or_null();
  return task;
}

inline std::int64_t number_of(model::TaskPriority priority) noexcept {
  return static_cast<std::int64_t>(priority);
}

// Parameters that need a text of their own, which must outlive the run.

inline db::ArrayText array_of(const std::vector<std::string>& texts) {
  db::ArrayText array;
  for (const std::string& text : texts) array.add(text);
  return array;
}

inline std::string array_of(const std::vector<std::int64_t>& numbers) {
  std::string out = "{";
  for (const std::int64_t one : numbers) out += (out.size() > 1 ? "," : "") + std::to_string(one);
  return out + '}';
}

inline std::string literal_of(const std::optional<Timestamp>& moment) {
  return moment ? rfc3339_precise(*moment) : std::string();
}

/// Empty means null.
inline void add_literal_or_null(db::Params& params, const std::string& literal) {
  if (literal.empty())
    params.null();
  else
    params.literal(literal.c_str());
}

/// Whether a request may act on the version of the row `alias`: two parameters from $first on, which
/// PreconditionParams binds.
inline std::string meets_precondition(std::string_view alias, int first) {
  const std::string version = std::string(alias) + ".version";
  const std::string match = parameter(first) + "::bigint[]";
  const std::string none = parameter(first + 1) + "::bigint[]";
  return "((" + match + " is null or " + version + " = any(" + match + ")) and not (" + version + " = any(" +
         none + ") or " + std::to_string(model::kAnyVersion) + " = any(" + none + ")))";
}

class PreconditionParams {
 public:
  PreconditionParams(db::Params& params, const model::Precondition& precondition)
      : match_(precondition.match ? array_of(*precondition.match) : std::string()),
        none_(array_of(precondition.none_match)) {
    add_literal_or_null(params, match_);
    params.literal(none_.c_str());
  }
  PreconditionParams(const PreconditionParams&) = delete;
  PreconditionParams& operator=(const PreconditionParams&) = delete;

 private:
  std::string match_;
  std::string none_;
};

// Room for tasks: see store/task_room.hpp. `quota` is an SQL parameter.

/// The shards of a caller from which can be taken. Those whose quota is not the one that holds are not
/// looked at: task_room brings it up to date first.
inline std::string room_of(std::string_view who, const std::string& quota) {
  return "taskward.task_room r join " + std::string(who) +
         " c on r.owner_id = c.id and r.room > 0 and exists (select from taskward.task_room q where "
         "q.owner_id"
         " = c.id and q.shard = 0 and q.quota = " +
         quota + "::integer)";
}

inline std::string tasks_there_are(const std::string& owner) {
  return "(select count(*) from taskward.tasks n where n.owner_id = " + owner + " and not n.trashed)";
}

/// Whether to wait for a shard that somebody else is just taking from, or to look for another.
enum class RoomWait : std::uint8_t { skip, wait };

/// CTEs that take room for one task of the CTE `who` (one row with an id, or none): afterwards `roomy` has
/// one row if there was. An owner who has none of the rows yet gets the first.
inline std::string take_room_for_one(std::string_view who, const std::string& quota, RoomWait wait) {
  const std::string count = tasks_there_are("c.id");
  return ", free as materialized (select r.shard from " + room_of(who, quota) +
         " order by r.shard limit 1 for update of r" + (wait == RoomWait::skip ? " skip locked" : "") +
         "), taken as (update taskward.task_room r set room = r.room - 1 from free f, " + std::string(who) +
         " c where r.owner_id = c.id and r.shard = f.shard returning 1), begun as (insert into"
         " taskward.task_room (owner_id, shard, room, quota) select c.id, 0, " +
         quota + "::integer - 1 - " + count + ", " + quota + "::integer from " + std::string(who) +
         // A case is evaluated in its order: an owner who has a row is not counted.
         " c where case when exists (select from taskward.task_room r where r.owner_id = c.id) then false"
         " else " +
         count + " < " + quota +
         "::integer end on conflict do nothing returning 1), roomy as (select from taken union all select "
         "from"
         " begun)";
}

/// A CTE that gives back the room of what the CTE `gone` has.
inline std::string give_room_back(std::string_view gone) {
  return ", given as (update taskward.task_room r set room = r.room + g.count from (select owner_id, count(*)"
         " from " +
         std::string(gone) + " group by owner_id) g where r.owner_id = g.owner_id and r.shard = 0)";
}

// Idempotency keys: two parameters from $first on, which add_key binds.

/// A CTE `earlier` with the row of the key, if it was used before and is still remembered.
inline std::string find_key(int first) {
  return ", earlier as (select k.request_hash = " + parameter(first + 1) +
         "::bytea as same_request, k.answer from taskward.idempotency_keys k join caller c on c.permitted and"
         " k.owner_id = c.id where k.key_hash = " +
         parameter(first) + "::bytea and k.created_at > now() - " + interval(kIdempotencyPeriod) + ')';
}

/// CTEs that keep the key with its first answer: `answer` is an SQL expression that gives JSON, `tasks` one
/// that gives an array of ids, over the CTE `from`, which gives one row with the owner_id, or none. Whoever
/// uses the same key at the same moment waits here, and is refused by the primary key: see run_again.hpp.
inline std::string keep_key(int first, const std::string& from, const std::string& tasks,
                            const std::string& answer) {
  return ", forgotten as (delete from taskward.idempotency_keys k using caller c where k.owner_id = c.id and"
         " k.key_hash = " +
         parameter(first) + "::bytea and k.created_at <= now() - " + interval(kIdempotencyPeriod) +
         " returning 1), kept as (insert into taskward.idempotency_keys (owner_id, key_hash, request_hash,"
         " task_ids, answer) select d.owner_id, " +
         parameter(first) + "::bytea, " + parameter(first + 1) + "::bytea, " + tasks + ", " + answer +
         " from " + from + " d cross join (select count(*) from forgotten) old)";
}

inline void add_key(db::Params& params, const IdempotencyKey& key) {
  params.bytes(crypto::view(key.key)).bytes(crypto::view(key.request));
}

/// What `earlier` says: a column same_request, null when the key is new, and whether there is an answer.
/// Nothing when the key is new, otherwise whether the answer is to be given again, or why not.
inline std::optional<Result<Done>> replay_of(db::RowReader& row) {
  if (row.is_null()) {
    row.skip(2);
    return std::nullopt;
  }
  const bool same = row.boolean();
  const bool answered = row.boolean();
  if (!same) return Result<Done>(ErrorCode::idempotency_key_reused);
  if (!answered) return Result<Done>(ErrorCode::answer_erased);
  return Result<Done>(Done{});
}

}  // namespace taskward::store
