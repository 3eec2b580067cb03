// Bodies of the task routes: one task, pages, batches and imports.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/api/parts.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/domain/task_import.hpp"
#include "taskward/model/task.hpp"

namespace taskward::api {

[[nodiscard]] const Shape<model::NewTask>& new_task_shape();
[[nodiscard]] const Shape<model::TaskChange>& task_change_shape();
[[nodiscard]] const Shape<model::BatchUpdate>& batch_update_shape();
[[nodiscard]] const Shape<model::TaskBatch>& task_batch_shape();
/// A task of an imported file. Accepts all members that an export writes.
[[nodiscard]] const Shape<model::ImportedTask>& imported_task_shape();
/// Whether the text can be a tag.
[[nodiscard]] bool is_tag(std::string_view text);

[[nodiscard]] const Parts<model::Task>& task_parts();
/// The same, with the time of deletion.
[[nodiscard]] const Parts<model::Task>& trashed_task_parts();
[[nodiscard]] const Parts<domain::ImportIssue>& import_issue_parts();
[[nodiscard]] const Parts<domain::ImportOutcome>& import_outcome_parts();
[[nodiscard]] const Parts<domain::BatchDone>& batch_done_parts();

/// A page of tasks. It has no offset if a cursor was given; the last page has no next_cursor.
struct TaskPageBody {
  std::vector<model::Task> items;
  int limit = 0;
  std::optional<int> offset;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
[[nodiscard]] const Parts<TaskPageBody>& task_page_parts();
[[nodiscard]] const Parts<TaskPageBody>& trash_page_parts();

}  // namespace taskward::api
