#include "vikunja_reading.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "taskward/api/task_bodies.hpp"

namespace taskward::api {
namespace {

using Names = std::vector<std::string>;

/// Members of a task that have a counterpart.
constexpr auto kMapped = std::to_array<std::string_view>(
    {"title", "description", "done", "done_at", "due_date", "created", "priority", "labels"});
/// Members that every task has, and for which a new task has its own value.
constexpr auto kOfEveryTask =
    std::to_array<std::string_view>({"id", "identifier", "index", "project_id", "list_id", "bucket_id",
                                     "position", "kanban_position", "created_by", "updated"});
/// Members of a project that have no counterpart. Those that every project has are left out.
constexpr auto kOfProjects = std::to_array<std::string_view>(
    {"description", "child_projects", "hex_color", "is_archived", "is_favorite", "background_file_id"});

/// Priorities from 0 to 5.
constexpr auto kPriorities =
    std::to_array<std::string_view>({"none", "low", "normal", "high", "urgent", "urgent"});

/// How Go writes that there is no time.
constexpr std::string_view kNoTime = "0001-01-01T00:00:00Z";

/// Whether a member says anything: not null, false, 0, an empty text or no time.
bool has_content(const json::Value& value) {
  if (const auto* flag = value.get_if<bool>()) return *flag;
  if (const auto* whole = value.get_if<std::int64_t>()) return *whole != 0;
  if (const auto* number = value.get_if<double>()) return *number != 0;
  if (const auto* text = value.get_if<std::string>()) return !text->empty() && *text != kNoTime;
  if (const auto* array = value.get_if<json::Array>()) return !array->empty();
  return !value.is_null();
}

/// The member moves to one of a task, unless it says nothing.
void move_member(json::Object& from, std::string_view name, const char* to, json::Object& task) {
  for (auto& [key, value] : from) {
    if (key == name && has_content(value)) task.emplace_back(to, std::move(value));
  }
}

void add_priority(const json::Value* value, json::Object& task, Faults& faults) {
  if (value == nullptr || !has_content(*value)) return;
  const auto* number = value->get_if<std::int64_t>();
  if (number == nullptr || *number < 0 || std::cmp_greater_equal(*number, kPriorities.size())) {
    faults.push_back({"priority", FaultCode::out_of_range, "must be a whole number from 0 to 5"});
    return;
  }
  task.emplace_back("priority", text_value(std::string(kPriorities.at(static_cast<std::size_t>(*number)))));
}

void add_status(const json::Value* done, json::Object& task, Faults& faults) {
  const bool* is_done = done == nullptr ? nullptr : done->get_if<bool>();
  if (done != nullptr && !done->is_null() && is_done == nullptr)
    add_wrong_type("done", "true or false", faults);
  task.emplace_back("status", text_value(is_done != nullptr && *is_done ? "done" : "todo"));
}

void add_labels(const json::Value* labels, json::Object& task, Names& lost, Faults& faults) {
  if (labels == nullptr || !has_content(*labels)) return;
  const auto* array = labels->get_if<json::Array>();
  if (array == nullptr) return add_wrong_type("labels", "an array", faults);
  Names titles;
  for (const json::Value& label : *array) {
    const auto* object = label.get_if<json::Object>();
    const json::Value* title = object == nullptr ? nullptr : json::find(*object, "title");
    const auto* text = title == nullptr ? nullptr : title->get_if<std::string>();
    if (text == nullptr) return add_wrong_type("labels", "an array of objects with a title", faults);
    titles.push_back(*text);
  }
  task.emplace_back("tags", text_array(fitting_tags(std::move(titles), "the label", lost)));
}

}  // namespace

bool VikunjaReader::is_project(const json::Object& item, std::string_view list) {
  return list == "projects" || (list.empty() && json::find(item, kTasks) != nullptr);
}

void VikunjaReader::take_task(std::size_t line, json::Object& task) {
  json::Object read;
  Faults faults;
  Names lost;
  for (const auto& [name, value] : task) {
    if (contains(kMapped, name) || !has_content(value)) continue;
    if (contains(kOfEveryTask, name))
      into_.not_imported_once(line, name);
    else
      lost.push_back(name);
  }
  add_status(json::find(task, "done"), read, faults);
  add_priority(json::find(task, "priority"), read, faults);
  add_labels(json::find(task, kLabels), read, lost, faults);
  move_member(task, "title", "title", read);
  move_member(task, "description", "description", read);
  move_member(task, "due_date", "due_at", read);
  move_member(task, "created", "created_at", read);
  move_member(task, "done_at", "completed_at", read);
  into_.not_imported(line, lost);
  into_.take(line, read, std::move(faults));
}

void VikunjaReader::end_project(std::size_t line, const json::Object& project) {
  Names lost;
  for (const auto& [name, value] : project) {
    if (contains(kOfProjects, name) && has_content(value)) lost.push_back("the project's " + name);
  }
  const json::Value* title = json::find(project, "title");
  const auto* tag = title == nullptr ? nullptr : title->get_if<std::string>();
  const auto tasks = into_.tasks().subspan(std::exchange(first_, into_.tasks().size()));
  if (tag != nullptr && !tasks.empty()) {
    if (!is_tag(*tag)) lost.emplace_back("the project's title");
    for (domain::FileTask& one : is_tag(*tag) ? tasks : tasks.first(0)) {
      auto tags = one.task.tags;
      tags.push_back(*tag);
      tags = model::as_tag_set(std::move(tags));
      if (tags.size() <= model::kTagsMax)
        one.task.tags = std::move(tags);
      else
        into_.not_imported(one.line, {"the project's title"});
    }
  }
  into_.not_imported(line, lost);
}

}  // namespace taskward::api
