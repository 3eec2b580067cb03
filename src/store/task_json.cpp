#include "task_json.hpp"

#include <vector>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "task_sql.hpp"
#include "taskward/base/rfc3339.hpp"

namespace taskward::store {
namespace {

void write_tags(json::Writer& w, const std::vector<std::string>& tags) {
  w.key("tags");
  w.begin_array();
  for (const std::string& tag : tags) w.string(tag);
  w.end_array();
}

}  // namespace

std::string json_task_rows(int number) {
  return filled(
      "json_to_recordset({json}::json) as g (ord integer, id uuid, version bigint, {written},"
      " created_at timestamptz, completed_at timestamptz)",
      {{"json", parameter(number)}, {"written", written_columns_with_types()}});
}

std::string insert_json_tasks(const std::string& owner) {
  return filled(R"(, created as (
  insert into taskward.tasks (owner_id, id, {written}, created_at, updated_at, completed_at, is_indexed)
  select c.id, a.id, {a_written}, coalesce(a.created_at, a.completed_at, now()), now(),
         coalesce(a.completed_at, case when a.status = 'done' then now() end), c.tasks_indexed > 0
    from {owner} c cross join additions a
  returning *
))",
                {{"written", written_columns()}, {"a_written", written_columns("a.")}, {"owner", owner}});
}

void begin_task(json::Writer& w, std::size_t ord, const TaskId& id) {
  w.begin_object();
  w.key("ord");
  w.number(static_cast<std::int64_t>(ord));
  w.key("id");
  w.string(id.text());
}

void write_new_task(json::Writer& w, const model::NewTask& task) {
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

void write_change(json::Writer& w, const model::TaskChange& change) {
  if (change.title) {
    w.key("title");
    w.string(*change.title);
  }
  if (change.description) {
    w.key("description");
    w.string(*change.description);
  }
  if (change.status) {
    w.key("status");
    w.string(model::name(*change.status));
  }
  if (change.priority) {
    w.key("priority");
    w.number(number_of(*change.priority));
  }
  w.key("due_at_present");
  w.boolean(change.due_at.has_value());
  if (change.due_at) write_moment(w, "due_at", *change.due_at);
  if (change.tags) write_tags(w, *change.tags);
}

void write_moment(json::Writer& w, std::string_view key, const std::optional<Timestamp>& moment) {
  if (!moment) return;
  w.key(key);
  w.string(rfc3339_precise(*moment));
}

}  // namespace taskward::store
