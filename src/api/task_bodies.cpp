#include "taskward/api/task_bodies.hpp"

#include <iterator>
#include <limits>
#include <set>

namespace taskward::api {
namespace {

using Fault = std::optional<FieldFault>;

Fault title_fault(std::string_view field, std::string_view text) {
  if (auto fault = blank_fault(field, text)) return fault;
  return control_character_fault(field, text);
}

TextRule title_rule() {
  return {1, model::kTitleMaxCharacters, NullMeans::wrong_type, "", "Not blank.", title_fault};
}

TextRule description_rule() {
  return {0, model::kDescriptionMaxCharacters, NullMeans::empty, "", "", control_character_fault};
}

Fault tag_fault(std::string_view field, std::string_view text) {
  if (auto fault = line_fault(field, text)) return fault;
  return blank_fault(field, text);
}

TextRule tag_rule() {
  return {1, model::kTagMaxCharacters, NullMeans::wrong_type, "", "One line, not blank.", tag_fault};
}

/// A member of T, also if it belongs to a base class of T.
template <class T, class Member, class Base>
constexpr Member T::*of(Member Base::*member) {
  return member;
}

/// Tags are a set: their order does not matter.
template <class T>
Field<T> tags_field() {
  Field<T> field =
      texts("tags", of<T>(&T::tags), Presence::optional, model::kTagsMax, NullMeans::empty, tag_rule());
  field.read = [read = std::move(field.read)](T& into, json::Value& value, const std::string& at,
                                              Faults& faults) {
    read(into, value, at, faults);
    if constexpr (std::is_same_v<decltype(T::tags), std::vector<std::string>>) {
      into.tags = model::as_tag_set(std::move(into.tags));
    } else if (into.tags) {
      into.tags = model::as_tag_set(std::move(*into.tags));
    }
  };
  return field;
}

/// The members of a task that clients write, for new tasks, changes and types derived from these. Null clears
/// an optional member (RFC 7396).
template <class T>
std::vector<Field<T>> task_fields(Presence title) {
  return {
      text("title", of<T>(&T::title), title, title_rule()),
      text("description", of<T>(&T::description), Presence::optional, description_rule()),
      choice("status", of<T>(&T::status), Presence::optional, model::kTaskStatuses, model::task_status,
             [](model::TaskStatus status) { return model::name(status); }),
      choice(
          "priority", of<T>(&T::priority), Presence::optional, model::kTaskPriorities, model::task_priority,
          [](model::TaskPriority priority) { return model::name(priority); }, NullMeans::empty),
      moment("due_at", of<T>(&T::due_at), Presence::optional, NullMeans::empty),
      tags_field<T>(),
  };
}

/// These and additional members.
template <class T>
std::vector<Field<T>> task_fields_and(Presence title, std::vector<Field<T>> more) {
  std::vector<Field<T>> fields = task_fields<T>(title);
  fields.insert(fields.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return fields;
}

/// Items of a batch whose task already appears in an earlier item.
Faults repeated_tasks(const model::TaskBatch& batch) {
  Faults faults;
  std::set<TaskId> seen;
  const auto see = [&](const TaskId& id, const std::string& field) {
    if (id != TaskId{} && !seen.insert(id).second)
      faults.push_back({field, FaultCode::duplicate, "appears more than once in the batch"});
  };
  for (std::size_t i = 0; i < batch.update.size(); ++i) see(batch.update[i].id, item_of("update", i) + ".id");
  for (std::size_t i = 0; i < batch.remove.size(); ++i) see(batch.remove[i], item_of("delete", i));
  return faults;
}

}  // namespace

const Shape<model::NewTask>& new_task_shape() {
  static const Shape<model::NewTask> shape{"NewTask", task_fields<model::NewTask>(Presence::required), {}};
  return shape;
}

const Shape<model::TaskChange>& task_change_shape() {
  static const Shape<model::TaskChange> shape{
      "TaskChange", task_fields<model::TaskChange>(Presence::optional), {}};
  return shape;
}

const Shape<model::BatchUpdate>& batch_update_shape() {
  using Body = model::BatchUpdate;
  static const Shape<Body> shape{
      "BatchUpdate",
      task_fields_and<Body>(Presence::optional,
                            {
                                id("id", &Body::id, Presence::required),
                                number("version", &Body::version, Presence::optional, 1,
                                       std::numeric_limits<std::int64_t>::max(), NullMeans::absent),
                            }),
      {}};
  return shape;
}

const Shape<model::TaskBatch>& task_batch_shape() {
  using Body = model::TaskBatch;
  static const Shape<Body> shape{
      "TaskBatch",
      {
          objects("create", &Body::create, Presence::optional, model::kBatchMax, new_task_shape()),
          objects("update", &Body::update, Presence::optional, model::kBatchMax, batch_update_shape()),
          ids("delete", &Body::remove, Presence::optional, model::kBatchMax),
      },
      [](const std::set<std::string_view>&, const Body& batch) -> Faults {
        if (batch.size() > model::kBatchMax) {
          return {{"", FaultCode::too_many,
                   "the batch must have at most " + std::to_string(model::kBatchMax) + " tasks in total"}};
        }
        return repeated_tasks(batch);
      }};
  return shape;
}

const Shape<model::ImportedTask>& imported_task_shape() {
  using Body = model::ImportedTask;
  static const Shape<Body> shape{
      "ImportedTask",
      task_fields_and<Body>(
          Presence::required,
          {
              moment("created_at", &Body::created_at, Presence::optional, NullMeans::absent),
              moment("completed_at", &Body::completed_at, Presence::optional, NullMeans::absent),
              ignored<Body>("id"),
              ignored<Body>("updated_at"),
              ignored<Body>("version"),
          }),
      {}};
  return shape;
}

bool is_tag(std::string_view text) { return !text_fault("tags", text, tag_rule()); }

const Parts<model::Task>& task_parts() {
  using model::Task;
  static const Parts<Task> parts{
      "Task",
      {
          part<&Task::id>("id"),
          part<&Task::title>("title"),
          part<&Task::description>("description"),
          part<&Task::status>("status"),
          part<&Task::priority>("priority"),
          part<&Task::due_at>("due_at"),
          part<&Task::tags>("tags", "A sorted set."),
          part<&Task::created_at>("created_at"),
          part<&Task::updated_at>("updated_at"),
          part<&Task::completed_at>("completed_at", "Null unless the status is done."),
          part<&Task::version>("version",
                               "Incremented by each change, starting with 1; also the entity tag."),
      }};
  return parts;
}

const Parts<model::Task>& trashed_task_parts() {
  static const auto parts = [] {
    Parts<model::Task> all{"TrashedTask", task_parts().list};
    all.list.push_back(
        part<&model::Task::deleted_at>("deleted_at", "The time at which the task was moved to the trash."));
    return all;
  }();
  return parts;
}

const Parts<TaskPageBody>& task_page_parts() {
  using Body = TaskPageBody;
  static const Parts<Body> parts{
      "TaskPage",
      {
          objects_part<&Body::items, &task_parts>("items"),
          part<&Body::limit>("limit"),
          part_if_any<&Body::offset>("offset", "Absent if a cursor was given."),
          part_if_any<&Body::next_cursor>("next_cursor", "Absent on the last page."),
          part_if_any<&Body::total>("total", "With count=true: the number of items on all pages."),
      }};
  return parts;
}

const Parts<TaskPageBody>& trash_page_parts() {
  static const auto parts = [] {
    Parts<TaskPageBody> all{"TrashPage", task_page_parts().list};
    all.list.front() = objects_part<&TaskPageBody::items, &trashed_task_parts>("items");
    return all;
  }();
  return parts;
}

const Parts<domain::BatchDone>& batch_done_parts() {
  using domain::BatchDone;
  static const Parts<BatchDone> parts{"BatchDone",
                                      {
                                          objects_part<&BatchDone::created, &task_parts>("created"),
                                          objects_part<&BatchDone::updated, &task_parts>("updated"),
                                          part<&BatchDone::removed>("deleted"),
                                      }};
  return parts;
}

const Parts<domain::ImportIssue>& import_issue_parts() {
  using domain::ImportIssue;
  static const Parts<ImportIssue> parts{
      "ImportIssue",
      {
          part<&ImportIssue::line>("line", "The line of the file on which the task starts, counted from 1."),
          part<&ImportIssue::code>("code"),
          part<&ImportIssue::message>("message"),
      }};
  return parts;
}

const Parts<domain::ImportOutcome>& import_outcome_parts() {
  using domain::ImportOutcome;
  static const Parts<ImportOutcome> parts{
      "ImportOutcome",
      {
          part<&ImportOutcome::imported>("imported"),
          objects_part<&ImportOutcome::refused, &import_issue_parts>("refused",
                                                                     "Tasks that were not created."),
          objects_part<&ImportOutcome::warnings, &import_issue_parts>(
              "warnings",
              "Values that were not imported (not_imported), and times that were taken as UTC (assumed_utc); "
              "at "
              "most 1000, the last of which tells how many more there are (too_many)."),
      }};
  return parts;
}

}  // namespace taskward::api
