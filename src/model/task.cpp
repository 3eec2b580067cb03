#include "taskward/model/task.hpp"

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

}  // namespace taskward::model
