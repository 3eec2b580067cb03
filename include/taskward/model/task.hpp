// A task: its values and their limits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"

namespace taskward::model {

enum class TaskStatus : std::uint8_t { todo, in_progress, done };
inline constexpr std::array kTaskStatuses{TaskStatus::todo, TaskStatus::in_progress, TaskStatus::done};

/// The canonical spelling.
[[nodiscard]] std::string_view name(TaskStatus status) noexcept;
/// Reads the canonical spellings and those of the systems Taskward replaces (such as "Pending"),
/// ignoring case.
[[nodiscard]] std::optional<TaskStatus> task_status(std::string_view spelling) noexcept;

inline constexpr std::size_t kTitleMaxCharacters = 200;
inline constexpr std::size_t kDescriptionMaxCharacters = 10'000;

/// Invariant: completed_at is set if and only if status is done.
struct Task {
  TaskId id;
  std::string title;
  std::string description;
  TaskStatus status = TaskStatus::todo;
  Timestamp created_at;
  Timestamp updated_at;
  std::optional<Timestamp> completed_at;
  std::int64_t version = 1;  ///< counts changes, from 1
};

/// A task to be made.
struct NewTask {
  std::string title;
  std::string description;
  TaskStatus status = TaskStatus::todo;
};

/// What to change; what is not there stays as it is.
struct TaskChange {
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<TaskStatus> status;
};

inline constexpr int kPageLimitDefault = 20;
inline constexpr int kPageLimitMax = 100;
/// Deeper than this nobody pages; it also keeps a request from asking for hours of work.
inline constexpr int kPageOffsetMax = 1'000'000;

/// Which of one's own tasks to list, newest first.
struct TaskQuery {
  int limit = kPageLimitDefault;
  int offset = 0;
  std::vector<TaskStatus> statuses;  ///< empty means every status
};

}  // namespace taskward::model
