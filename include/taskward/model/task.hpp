// Tasks: their values, limits, filters and orders.
#pragma once

#include <array>
#include <chrono>
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
/// Accepts the canonical spellings and those of systems that Taskward replaces (such as "Pending"), ignoring
/// case.
[[nodiscard]] std::optional<TaskStatus> task_status(std::string_view spelling) noexcept;

/// In ascending order; the database stores their index, from 0.
enum class TaskPriority : std::uint8_t { none, low, normal, high, urgent };
inline constexpr std::array kTaskPriorities{TaskPriority::none, TaskPriority::low, TaskPriority::normal,
                                            TaskPriority::high, TaskPriority::urgent};

[[nodiscard]] std::string_view name(TaskPriority priority) noexcept;
/// Ignores case.
[[nodiscard]] std::optional<TaskPriority> task_priority(std::string_view spelling) noexcept;

// Characters are code points.
inline constexpr std::size_t kTitleMaxCharacters = 200;
inline constexpr std::size_t kDescriptionMaxCharacters = 10'000;
inline constexpr std::size_t kTagsMax = 20;
inline constexpr std::size_t kTagMaxCharacters = 50;

/// Invariants: completed_at is set if and only if status is done; tags are sorted and unique.
struct Task {
  TaskId id;
  std::string title;
  std::string description;
  TaskStatus status = TaskStatus::todo;
  TaskPriority priority = TaskPriority::none;
  std::optional<Timestamp> due_at;
  std::vector<std::string> tags;
  Timestamp created_at;
  Timestamp updated_at;
  std::optional<Timestamp> completed_at;
  std::int64_t version = 1;             ///< incremented by each change, from 1
  std::optional<Timestamp> deleted_at;  ///< when it was moved to the trash
};

/// Sorts the tags by their bytes and removes duplicates.
[[nodiscard]] std::vector<std::string> as_tag_set(std::vector<std::string> tags);

/// A task to create.
struct NewTask {
  std::string title;
  std::string description;
  TaskStatus status = TaskStatus::todo;
  TaskPriority priority = TaskPriority::none;
  std::optional<Timestamp> due_at{};
  std::vector<std::string> tags{};  ///< sorted and unique
};

/// Members without a value are not changed.
struct TaskChange {
  std::optional<std::string> title{};
  std::optional<std::string> description{};
  std::optional<TaskStatus> status{};
  std::optional<TaskPriority> priority{};
  std::optional<std::optional<Timestamp>> due_at{};  ///< an empty inner value removes the date
  std::optional<std::vector<std::string>> tags{};    ///< sorted and unique
};

/// A set of task versions, or all.
struct Versions {
  bool any = false;
  std::vector<std::int64_t> list{};
};

/// The versions that a conditional request may act on (RFC 9110, section 13.1); by default all.
struct Precondition {
  Versions match{true};   ///< If-Match
  Versions none_match{};  ///< If-None-Match

  /// False if every version meets it.
  [[nodiscard]] bool is_given() const noexcept {
    return !match.any || none_match.any || !none_match.list.empty();
  }
};

/// How long a deleted task can be restored.
inline constexpr std::chrono::days kTrashPeriod{30};

/// A task of an imported file.
struct ImportedTask : NewTask {
  std::optional<Timestamp> created_at;    ///< the original time of creation
  std::optional<Timestamp> completed_at;  ///< only if the task is done
};

/// A change of one task in a batch, which succeeds or fails as a whole.
struct BatchUpdate : TaskChange {
  TaskId id;
  std::optional<std::int64_t> version;  ///< the required current version
};
struct TaskBatch {
  std::vector<NewTask> create;
  std::vector<BatchUpdate> update;
  std::vector<TaskId> remove;  ///< moved to the trash

  [[nodiscard]] std::size_t size() const noexcept { return create.size() + update.size() + remove.size(); }
};
inline constexpr std::size_t kBatchMax = 100;

enum class TaskSort : std::uint8_t { created_at, updated_at, due_at, priority, title, relevance };
/// The orders that a client can request; relevance is the default order of a search.
inline constexpr std::array kTaskSorts{TaskSort::created_at, TaskSort::updated_at, TaskSort::due_at,
                                       TaskSort::priority, TaskSort::title};
[[nodiscard]] std::string_view name(TaskSort sort) noexcept;

enum class SortOrder : std::uint8_t { ascending, descending };
/// Whether a task is in the trash.
enum class TaskLocation : std::uint8_t { list, trash };

inline constexpr int kPageLimitDefault = 20;
inline constexpr int kPageLimitMax = 100;
/// Limits the work of a request.
inline constexpr int kPageOffsetMax = 1'000'000;
inline constexpr std::size_t kSearchMaxCharacters = 200;
/// Maximum number of tags in a filter: no task has more.
inline constexpr std::size_t kTagFilterMax = kTagsMax;

/// Selects tasks of the owner that satisfy all conditions.
struct TaskFilter {
  TaskLocation place = TaskLocation::list;
  std::vector<TaskStatus> statuses{};      ///< one of these; empty means every status
  std::vector<TaskPriority> priorities{};  ///< one of these; empty means every priority
  std::vector<std::string> tags{};         ///< sorted and unique; a task must have all of them
  std::optional<Timestamp> due_after{};    ///< inclusive
  std::optional<Timestamp> due_before{};   ///< exclusive
  std::string text{};                      ///< words or prefixes of words, all of which a task must contain
  TaskSort sort = TaskSort::created_at;
  SortOrder order = SortOrder::descending;
};

}  // namespace taskward::model
