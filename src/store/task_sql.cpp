#include "task_sql.hpp"

#include <array>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "taskward/base/rfc3339.hpp"

namespace taskward::store {
namespace {

struct TaskColumn {
  std::string_view name, type;
  /// Whether clients write it. For a nullable one, whose value may be null, a flag NAME_present is passed
  /// too.
  enum class Written : std::uint8_t { no, yes, nullable } written = Written::no;
  /// Of one that clients write: whether the change gives it.
  bool (*is_given)(const model::TaskChange& change) = nullptr;
};

template <auto Member>
bool gives(const model::TaskChange& change) {
  return (change.*Member).has_value();
}

/// In the order task_from reads them.
constexpr std::array kTaskColumns{
    TaskColumn{"id", "uuid"},
    TaskColumn{"title", "text", TaskColumn::Written::yes, gives<&model::TaskChange::title>},
    TaskColumn{"description", "text", TaskColumn::Written::yes, gives<&model::TaskChange::description>},
    TaskColumn{"status", "text", TaskColumn::Written::yes, gives<&model::TaskChange::status>},
    TaskColumn{"priority", "smallint", TaskColumn::Written::yes, gives<&model::TaskChange::priority>},
    TaskColumn{"due_at", "timestamptz", TaskColumn::Written::nullable, gives<&model::TaskChange::due_at>},
    TaskColumn{"tags", "text[]", TaskColumn::Written::yes, gives<&model::TaskChange::tags>},
    TaskColumn{"created_at", "timestamptz"},
    TaskColumn{"updated_at", "timestamptz"},
    TaskColumn{"completed_at", "timestamptz"},
    TaskColumn{"version", "bigint"},
    TaskColumn{"deleted_at", "timestamptz"},
};

static_assert(kTaskColumns.size() <= 15, "last_change is a smallint with a bit for each");

/// The results of `write` for each column, separated by commas; empty ones are left out.
template <class Write>
std::string columns_as(Write write) {
  std::string out;
  for (const TaskColumn& column : kTaskColumns) {
    const std::string one = write(column);
    if (!one.empty()) out += (out.empty() ? "" : ", ") + one;
  }
  return out;
}

/// SQL: whether the new value of the column is not the present one.
std::string is_new(const std::string& name, const std::string& t, const std::string& g) {
  return g + '.' + name + " is distinct from " + t + '.' + name;
}

/// SQL: whether the new value of the column is given and not the present one.
std::string differs(const TaskColumn& column, const std::string& t, const std::string& g) {
  const std::string name(column.name);
  const std::string is_present = column.written == TaskColumn::Written::nullable
                                     ? g + '.' + name + "_present"
                                     : g + '.' + name + " is not null";
  return is_present + " and " + is_new(name, t, g);
}

/// The results of `write(name, bit)` for each of the columns.
template <class Write>
std::string given_columns_as(WrittenColumns given, std::string_view separator, Write write) {
  std::string out;
  for (std::size_t i = 0; i < kTaskColumns.size(); ++i) {
    if ((given & 1U << i) == 0) continue;
    if (!out.empty()) out += separator;
    out += write(std::string(kTaskColumns[i].name), std::to_string(1U << i));
  }
  return out;
}

/// SQL: the assignment for the new status.
std::string completed_at(const std::string& t, const std::string& status) {
  return "completed_at = case when " + status + " = 'done' then coalesce(" + t + ".completed_at, now()) end";
}

std::string new_version(const std::string& t) {
  return "updated_at = greatest(now(), " + t + ".updated_at), version = " + t + ".version + 1";
}

/// A bigint[] literal.
std::string versions_array(const model::Versions& versions) {
  std::string out = "{";
  for (const std::int64_t version : versions.list)
    out += (out.size() > 1 ? "," : "") + std::to_string(version);
  return out + '}';
}

}  // namespace

std::string task_columns(const std::string& alias) {
  return columns_as([&](const TaskColumn& column) { return alias + '.' + std::string(column.name); });
}

std::string task_columns_with_types() {
  return columns_as(
      [](const TaskColumn& column) { return std::string(column.name) + ' ' + std::string(column.type); });
}

std::string written_columns(const std::string& prefix) {
  return columns_as([&](const TaskColumn& column) {
    return column.written == TaskColumn::Written::no ? std::string() : prefix + std::string(column.name);
  });
}

std::string written_columns_with_types() {
  return columns_as([](const TaskColumn& column) -> std::string {
    if (column.written == TaskColumn::Written::no) return {};
    const std::string name(column.name);
    return name + ' ' + std::string(column.type) +
           (column.written == TaskColumn::Written::nullable ? ", " + name + "_present boolean" : "");
  });
}

std::string changed_fields(const std::string& t, const std::string& g) {
  return "array_remove(array[" + columns_as([&](const TaskColumn& column) -> std::string {
           if (column.written == TaskColumn::Written::no) return {};
           return "case when " + differs(column, t, g) + " then '" + std::string(column.name) + "' end";
         }) +
         "], null)";
}

WrittenColumns columns_of(const model::TaskChange& change) {
  WrittenColumns columns = 0;
  for (std::size_t i = 0; i < kTaskColumns.size(); ++i) {
    if (kTaskColumns[i].is_given != nullptr && kTaskColumns[i].is_given(change)) columns |= 1U << i;
  }
  return columns;
}

std::vector<WrittenColumns> all_column_sets() {
  WrittenColumns all = 0;
  for (std::size_t i = 0; i < kTaskColumns.size(); ++i) {
    if (kTaskColumns[i].is_given != nullptr) all |= 1U << i;
  }
  std::vector<WrittenColumns> sets;
  for (WrittenColumns one = all; one != 0; one = (one - 1) & all) sets.push_back(one);
  return sets;
}

std::string differs(const std::string& t, const std::string& g, WrittenColumns given) {
  const auto one = [&](const std::string& name, const std::string&) { return is_new(name, t, g); };
  return '(' + given_columns_as(given, " or ", one) + ')';
}

std::string given_assignments(const std::string& t, const std::string& g, WrittenColumns given) {
  std::string out = given_columns_as(given, ", ", [&](const std::string& name, const std::string&) {
    std::string one = name + " = " + g + '.' + name;
    if (name == "status") one += ", " + completed_at(t, g + ".status");
    return one;
  });
  out += ", " + new_version(t) + ", last_change = ";
  return out + given_columns_as(given, " + ", [&](const std::string& name, const std::string& bit) {
           return "case when " + is_new(name, t, g) + " then " + bit + " else 0 end";
         });
}

std::string fields_of(const std::string& last_change, WrittenColumns given) {
  return "array_remove(array[" +
         given_columns_as(given, ", ",
                          [&](const std::string& name, const std::string& bit) {
                            return "case when " + last_change + " & " + bit + " <> 0 then '" + name + "' end";
                          }) +
         "], null)";
}

std::string assignments(const std::string& t, const std::string& g) {
  return columns_as([&](const TaskColumn& column) -> std::string {
           if (column.written == TaskColumn::Written::no) return {};
           const std::string name(column.name);
           const std::string new_value = g + '.' + name;
           const std::string old_value = t + '.' + name;
           if (column.written == TaskColumn::Written::nullable)
             return name + " = case when " + new_value + "_present then " + new_value + " else " + old_value +
                    " end";
           return name + " = coalesce(" + new_value + ", " + old_value + ')';
         }) +
         ", " + completed_at(t, "coalesce(" + g + ".status, " + t + ".status)") + ", " + new_version(t);
}

model::Task task_from(db::RowReader& row) {
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

std::int64_t number_of(model::TaskPriority priority) noexcept { return static_cast<std::int64_t>(priority); }

db::ArrayText array_of(const std::vector<std::string>& texts) {
  db::ArrayText array;
  for (const std::string& text : texts) array.add(text);
  return array;
}

std::string literal_of(const std::optional<Timestamp>& moment) {
  return moment ? rfc3339_precise(*moment) : std::string();
}

void add_literal_or_null(db::Params& params, const std::string& literal) {
  if (literal.empty())
    params.null();
  else
    params.literal(literal.c_str());
}

std::string meets_precondition(const std::string& t, int first) {
  return filled(R"((({any_match}::boolean or {t}.version = any({match}::bigint[]))
           and not ({any_other}::boolean or {t}.version = any({others}::bigint[]))))",
                {{"t", t},
                 {"any_match", parameter(first)},
                 {"match", parameter(first + 1)},
                 {"any_other", parameter(first + 2)},
                 {"others", parameter(first + 3)}});
}

PreconditionParams::PreconditionParams(db::Params& params, const model::Precondition& precondition)
    : match_(versions_array(precondition.match)), none_match_(versions_array(precondition.none_match)) {
  params.literal(precondition.match.any ? "true" : "false").literal(match_.c_str());
  params.literal(precondition.none_match.any ? "true" : "false").literal(none_match_.c_str());
}

void add_origin(db::Params& params, const model::Origin& origin) {
  params.text_or_null(origin.request_id).text_or_null(origin.client_address).text_or_null(origin.user_agent);
}

std::string audit_refusal(model::AuditAction action) {
  return filled(R"(, audited_refusal as (
  insert into taskward.audit {columns}
  select ($4::uuid[])[1], $5::text, $6::text::inet, $7::text, c.id, c.role, {denied}, 'task', null, 'denied',
         {action}, null::text[], c.token_id
    from caller c where not c.permitted
))",
                {{"columns", audit_columns_and_token()},
                 {"denied", quoted(model::AuditAction::access_denied)},
                 {"action", quoted(action)}});
}

std::string audit_each(model::AuditAction action, const std::string& actions) {
  return filled(R"(, audited as (
  insert into taskward.audit {columns}
  select ($4::uuid[])[d.ord], $5::text, $6::text::inet, $7::text, c.id, c.role, d.action, 'task', d.id, 'success',
         d.reason, d.fields, c.token_id
    from caller c cross join ({actions}) d
))",
                {{"columns", audit_columns_and_token()}, {"actions", actions}}) +
         audit_refusal(action);
}

std::string erase_answers(const std::string& deleted) {
  return filled(R"(, erased_answers as (
  update taskward.idempotency_keys k set answer = null from {deleted} g
   where k.owner_id = g.owner_id and k.task_ids @> array[g.id] and k.answer is not null
))",
                {{"deleted", deleted}});
}

std::string evict_from_trash(const std::string& owner, const std::string& quota, const std::string& more) {
  return filled(R"(, evicted as (
  delete from taskward.tasks t using (
    select k.owner_id, k.id from {owner} c
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
                {{"owner", owner}, {"quota", quota}, {"more", more}});
}

}  // namespace taskward::store
