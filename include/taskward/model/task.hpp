// A task: its values and their limits; which tasks a list shows, and in which order.
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
/// Reads the canonical spellings and those of the systems Taskward replaces (such as "Pending"),
/// ignoring case.
[[nodiscard]] std::optional<TaskStatus> task_status(std::string_view spelling) noexcept;

/// In ascending order, which is also how the database numbers them, from 0.
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

/// Invariants: completed_at is set if and only if status is done; tags are sorted, and each is there once.
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
  std::int64_t version = 1;             ///< counts changes, from 1
  std::optional<Timestamp> deleted_at;  ///< when it went into the trash
};

/// Tags as a set: sorted by their bytes, each once.
[[nodiscard]] std::vector<std::string> as_tag_set(std::vector<std::string> tags);

/// A task to be made.
struct NewTask {
  std::string title;
  std::string description;
  TaskStatus status = TaskStatus::todo;
  TaskPriority priority = TaskPriority::none;
  std::optional<Timestamp> due_at{};
  std::vector<std::string> tags{};  ///< a set
};

/// What to change; what is not there stays as it is.
struct TaskChange {
  std::optional<std::string> title{};
  std::optional<std::string> description{};
  std::optional<TaskStatus> status{};
  std::optional<TaskPriority> priority{};
  std::optional<std::optional<Timestamp>> due_at{};  ///< the inner one is nothing to take the date away
  std::optional<std::vector<std::string>> tags{};    ///< a set
};

/// Some versions of a task, or any.
struct Versions {
  bool any = false;
  std::vector<std::int64_t> list{};
};

/// Which versions of a task a request may act on (RFC 9110, 13.1). Without conditions that is any.
struct Precondition {
  Versions match{true};   ///< If-Match: one of these
  Versions none_match{};  ///< If-None-Match: none of these
};

/// How long a deleted task can be taken back.
inline constexpr std::chrono::days kTrashPeriod{30};

/// A task of a file: made as it is there, as far as that can be.
struct ImportedTask : NewTask {
  std::optional<Timestamp> created_at;    ///< when it was made elsewhere, if that is not in the future
  std::optional<Timestamp> completed_at;  ///< likewise, of one that is done
};

/// A task that is to be changed as one of several; nothing of it happens unless all of it can.
struct BatchUpdate : TaskChange {
  TaskId id;
  std::optional<std::int64_t> version;  ///< the version it must have
};
struct TaskBatch {
  std::vector<NewTask> create;
  std::vector<BatchUpdate> update;
  std::vector<TaskId> remove;  ///< into the trash

  [[nodiscard]] std::size_t size() const noexcept { return create.size() + update.size() + remove.size(); }
};
inline constexpr std::size_t kBatchMax = 100;

enum class TaskSort : std::uint8_t { created_at, updated_at, due_at, priority, title, relevance };
/// Those that can be asked for by name; relevance is how what was searched for is found.
inline constexpr std::array kTaskSorts{TaskSort::created_at, TaskSort::updated_at, TaskSort::due_at,
                                       TaskSort::priority, TaskSort::title};
[[nodiscard]] std::string_view name(TaskSort sort) noexcept;

enum class SortOrder : std::uint8_t { ascending, descending };
/// Where a task lies.
enum class TaskPlace : std::uint8_t { list, trash };

inline constexpr int kPageLimitDefault = 20;
inline constexpr int kPageLimitMax = 100;
/// Deeper than this nobody pages; it also keeps a request from asking for hours of work.
inline constexpr int kPageOffsetMax = 1'000'000;
inline constexpr std::size_t kSearchMaxCharacters = 200;
/// How many different tags a list can be narrowed by: no task has more.
inline constexpr std::size_t kTagFilterMax = kTagsMax;

/// Which of one's own tasks, and in which order. All that is given must hold.
struct TaskFilter {
  TaskPlace place = TaskPlace::list;
  std::vector<TaskStatus> statuses{};      ///< one of these; empty means every status
  std::vector<TaskPriority> priorities{};  ///< one of these; empty means every priority
  std::vector<std::string> tags{};         ///< a set; a task has all of them
  std::optional<Timestamp> due_after{};    ///< due then or later
  std::optional<Timestamp> due_before{};   ///< due earlier
  std::string text{};                      ///< words; a task holds each, or a word that begins with it
  TaskSort sort = TaskSort::created_at;
  SortOrder order = SortOrder::descending;
};

}  // namespace taskward::model
