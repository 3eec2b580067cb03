// The columns of tasks: reading them, binding what is written, and the SQL of a change.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/db/array.hpp"
#include "taskward/model/task.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::store {

struct TaskColumn {
  std::string_view name, type;
  /// Written by people: a statement can be given it. `nullable` ones are given beside a flag, NAME_given,
  /// because a null is a value of theirs.
  enum class Written : std::uint8_t { no, yes, nullable } written = Written::no;
};

/// THE list, in the order task_from reads them.
inline constexpr std::array kTaskColumns{
    TaskColumn{"id", "uuid"},
    TaskColumn{"title", "text", TaskColumn::Written::yes},
    TaskColumn{"description", "text", TaskColumn::Written::yes},
    TaskColumn{"status", "text", TaskColumn::Written::yes},
    TaskColumn{"priority", "smallint", TaskColumn::Written::yes},
    TaskColumn{"due_at", "timestamptz", TaskColumn::Written::nullable},
    TaskColumn{"tags", "text[]", TaskColumn::Written::yes},
    TaskColumn{"created_at", "timestamptz"},
    TaskColumn{"updated_at", "timestamptz"},
    TaskColumn{"completed_at", "timestamptz"},
    TaskColumn{"version", "bigint"},
    TaskColumn{"deleted_at", "timestamptz"},
};

/// What `write` makes of each of the columns, with commas between; one that becomes empty is left out.
template <class Write>
std::string columns_as(Write write) {
  std::string out;
  for (const TaskColumn& column : kTaskColumns) {
    const std::string one = write(column);
    if (!one.empty()) out += (out.empty() ? "" : ", ") + one;
  }
  return out;
}

/// All columns, of the table or CTE `alias`.
inline std::string task_columns(const std::string& alias) {
  return columns_as([&](const TaskColumn& column) { return alias + '.' + std::string(column.name); });
}

/// All columns with their types, as a function that gives rows of JSON wants them.
inline std::string task_columns_with_types() {
  return columns_as(
      [](const TaskColumn& column) { return std::string(column.name) + ' ' + std::string(column.type); });
}

/// Those that people write, with a prefix before each name.
inline std::string written_columns(const std::string& prefix = {}) {
  return columns_as([&](const TaskColumn& column) {
    return column.written == TaskColumn::Written::no ? std::string() : prefix + std::string(column.name);
  });
}

/// SQL: the names of those columns in which the task `t` is another than the change `g` wants it.
inline std::string changed_fields(const std::string& t, const std::string& g) {
  return "array_remove(array[" + columns_as([&](const TaskColumn& column) -> std::string {
           if (column.written == TaskColumn::Written::no) return {};
           const std::string name(column.name);
           const std::string is_given = column.written == TaskColumn::Written::nullable
                                            ? g + '.' + name + "_given"
                                            : g + '.' + name + " is not null";
           return "case when " + is_given + " and " + g + '.' + name + " is distinct from " + t + '.' + name +
                  " then '" + name + "' end";
         }) +
         "], null)";
}

/// SQL: what an update of the task `t` sets for the change `g`, with what follows from it.
inline std::string assignments(const std::string& t, const std::string& g) {
  return columns_as([&](const TaskColumn& column) -> std::string {
           if (column.written == TaskColumn::Written::no) return {};
           const std::string name(column.name);
           const std::string new_one = g + '.' + name;
           const std::string old_one = t + '.' + name;
           if (column.written == TaskColumn::Written::nullable)
             return name + " = case when " + new_one + "_given then " + new_one + " else " + old_one + " end";
           return name + " = coalesce(" + new_one + ", " + old_one + ')';
         }) +
         filled(R"(,
         completed_at = case when coalesce({g}.status, {t}.status) = 'done' then coalesce({t}.completed_at, now()) end,
         updated_at = greatest(now(), {t}.updated_at), version = {t}.version + 1)",
                {{"g", g}, {"t", t}});
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

template <class Ids>
db::ArrayText array_of_ids(const Ids& ids) {
  db::ArrayText array;
  for (const auto& id : ids) array.add(id.text());
  return array;
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

/// Whether a request may act on the version of the row `t`: four parameters from $first on, which
/// PreconditionParams binds.
inline std::string meets_precondition(const std::string& t, int first) {
  return filled(R"((({any_match}::boolean or {t}.version = any({match}::bigint[]))
           and not ({any_other}::boolean or {t}.version = any({others}::bigint[]))))",
                {{"t", t},
                 {"any_match", parameter(first)},
                 {"match", parameter(first + 1)},
                 {"any_other", parameter(first + 2)},
                 {"others", parameter(first + 3)}});
}

class PreconditionParams {
 public:
  PreconditionParams(db::Params& params, const model::Precondition& precondition)
      : match_(array_of(precondition.match)), none_match_(array_of(precondition.none_match)) {
    params.literal(precondition.match.any ? "true" : "false").literal(match_.c_str());
    params.literal(precondition.none_match.any ? "true" : "false").literal(none_match_.c_str());
  }
  PreconditionParams(const PreconditionParams&) = delete;
  PreconditionParams& operator=(const PreconditionParams&) = delete;

 private:
  static std::string array_of(const model::Versions& versions) {
    std::string out = "{";
    for (const std::int64_t one : versions.list) out += (out.size() > 1 ? "," : "") + std::to_string(one);
    return out + '}';
  }

  std::string match_;
  std::string none_match_;
};

// A record for each of several tasks: $4 has the ids of the records, $5 to $7 what add_origin binds.

inline void add_origin(db::Params& params, const model::Origin& origin) {
  params.text_or_null(origin.request_id).text_or_null(origin.client_address).text_or_null(origin.user_agent);
}

/// A CTE with the record that the caller's role did not permit what was asked for.
inline std::string record_refusal(model::AuditAction asked) {
  return filled(R"(, noted_refusal as (
  insert into taskward.audit {columns}
  select ($4::uuid[])[1], $5::text, $6::text::inet, $7::text, c.id, c.role, {denied}, 'task', null, 'denied',
         {asked}, null::text[]
    from caller c where not c.permitted
))",
                {{"columns", std::string(kAuditColumns)},
                 {"denied", quoted(model::AuditAction::access_denied)},
                 {"asked", quoted(asked)}});
}

/// That, and a CTE with a record for each row of `deeds` (SQL that gives action, id, ord from 1, reason and
/// fields).
inline std::string record_each(model::AuditAction asked, const std::string& deeds) {
  return filled(R"(, noted as (
  insert into taskward.audit {columns}
  select ($4::uuid[])[d.ord], $5::text, $6::text::inet, $7::text, c.id, c.role, d.action, 'task', d.id, 'success',
         d.reason, d.fields
    from caller c cross join ({deeds}) d
))",
                {{"columns", std::string(kAuditColumns)}, {"deeds", deeds}}) +
         record_refusal(asked);
}

/// A CTE that takes the answers away in which a task of the CTE `gone` stands (store/idempotency.hpp).
inline std::string erase_answers(const std::string& gone) {
  return filled(R"(, erased as (
  update taskward.idempotency_keys k set answer = null from {gone} g
   where k.owner_id = g.owner_id and k.task_ids @> array[g.id] and k.answer is not null
))",
                {{"gone", gone}});
}

/// CTE `crowded_out`: the oldest of the trash of the CTE `who`, as far as `more` that come into it leave no
/// room for them, and not more than those. Of many at once each takes others.
inline std::string crowd_out(const std::string& who, const std::string& quota, const std::string& more) {
  return filled(R"(, crowded_out as (
  delete from taskward.tasks t using (
    select k.owner_id, k.id from {who} c
     cross join lateral (
       select count(*) + {more} - {quota}::integer as surplus from taskward.tasks n where n.owner_id = c.id and n.trashed
     ) s
     cross join lateral (
       select o.owner_id, o.id from taskward.tasks o where o.owner_id = c.id and o.trashed
        order by o.updated_at, o.id limit least(greatest(0, s.surplus), {more}) for update of o skip locked
     ) k
  ) old where t.owner_id = old.owner_id and t.id = old.id
  returning t.owner_id, t.id
))",
                {{"who", who}, {"quota", quota}, {"more", more}});
}

}  // namespace taskward::store
