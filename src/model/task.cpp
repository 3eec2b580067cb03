#include "taskward/model/task.hpp"

#include <algorithm>

#include "taskward/base/text.hpp"

namespace taskward::model {

std::string_view name(TaskStatus status) noexcept {
  switch (status) {
    case TaskStatus::todo:
      return "todo";
    case TaskStatus::in_progress:
      return "in_progress";
    case TaskStatus::done:
      return "done";
  }
  return "";
}

std::optional<TaskStatus> task_status(std::string_view spelling) noexcept {
  struct Spelling {
    std::string_view text;
    TaskStatus status;
  };
  static constexpr std::array spellings{
      Spelling{"todo", TaskStatus::todo},
      Spelling{"pending", TaskStatus::todo},
      Spelling{"in_progress", TaskStatus::in_progress},
      Spelling{"in progress", TaskStatus::in_progress},
      Spelling{"in-progress", TaskStatus::in_progress},
      Spelling{"done", TaskStatus::done},
      Spelling{"completed", TaskStatus::done},
  };
  for (const Spelling& known : spellings) {
    if (equal_ignoring_case(known.text, spelling)) return known.status;
  }
  return std::nullopt;
}

std::string_view name(TaskPriority priority) noexcept {
  constexpr auto names = std::to_array<std::string_view>({"none", "low", "normal", "high", "urgent"});
  return names[static_cast<std::size_t>(priority)];
}

std::optional<TaskPriority> task_priority(std::string_view spelling) noexcept {
  for (const TaskPriority priority : kTaskPriorities) {
    if (equal_ignoring_case(name(priority), spelling)) return priority;
  }
  return std::nullopt;
}

std::string_view name(TaskSort sort) noexcept {
  constexpr auto names = std::to_array<std::string_view>(
      {"created_at", "updated_at", "due_at", "priority", "title", "relevance"});
  return names[static_cast<std::size_t>(sort)];
}

std::vector<std::string> as_tag_set(std::vector<std::string> tags) {
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace taskward::model
