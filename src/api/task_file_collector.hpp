// Collects what is read from an imported file: tasks, refused entries and warnings.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/api/shape.hpp"
#include "taskward/base/result.hpp"
#include "taskward/domain/task_import.hpp"
#include "taskward/json/value.hpp"

namespace taskward::api {

/// More than the longest task takes with every character escaped.
inline constexpr std::size_t kFileRecordMaxBytes = 256UL * 1024;

/// Members of an exported task for which a new task has its own value.
inline constexpr auto kOfExportedTasks = std::to_array<std::string_view>({"id", "updated_at", "version"});

[[nodiscard]] inline bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class TaskFileCollector {
 public:
  /// 422 too_many if the file already has as many tasks as are allowed, including refused ones.
  [[nodiscard]] Result<Done> expect_room() const;

  /// Adds the task, or refuses it if there are faults or its members are not those of a task. A task with
  /// completed_at and without status is done. Warns of the completed_at of a task that is not done.
  void take(std::size_t line, json::Object& object, Faults faults);
  void refuse(std::size_t line, const Faults& faults);

  /// Warns that the named values have no counterpart. Adds nothing if there are none.
  void not_imported(std::size_t line, const std::vector<std::string>& names);
  /// The same for a value that every task may have: only the first one in the file is mentioned.
  void not_imported_once(std::size_t line, std::string_view name);
  /// Warns that a time was taken as UTC because its time zone is not known.
  void assumed_utc(std::size_t line, std::string_view name);

  /// The tasks so far, without the refused ones.
  [[nodiscard]] std::span<domain::FileTask> tasks() noexcept { return file_.tasks; }

  [[nodiscard]] domain::ImportedFile take_all();

 private:
  void warn(std::size_t line, std::string_view code, std::string message);

  domain::ImportedFile file_;
  std::size_t warnings_ = 0;  ///< including those that are not kept
  std::size_t last_line_ = 0;
  std::set<std::string, std::less<>> mentioned_;
};

/// A text as the value of a member.
[[nodiscard]] json::Value text_value(std::string text);
[[nodiscard]] json::Value text_array(std::vector<std::string> texts);

/// Those texts that can be the tags of a task. The others are added to `lost`, as `what` and the text.
[[nodiscard]] std::vector<std::string> fitting_tags(std::vector<std::string> texts, std::string_view what,
                                                    std::vector<std::string>& lost);

}  // namespace taskward::api
