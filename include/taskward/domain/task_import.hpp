// Importing tasks from a file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/tasks.hpp"

namespace taskward::domain {

/// The maximum number of tasks per file.
inline constexpr std::size_t kImportMax = 20'000;

/// A task and the line of the file on which it starts, from 1.
struct FileTask {
  std::size_t line = 0;
  model::ImportedTask task;
};

/// A task of a file that was not created.
struct RefusedTask {
  std::size_t line = 0;
  std::string code;  ///< a fault code, or quota_exceeded
  std::string message;
};

struct ImportOutcome {
  std::size_t imported = 0;
  std::vector<RefusedTask> refused;  ///< sorted by line
};

/// Creates the tasks in order, up to the quota. `refused` has the entries of the file that are not valid
/// tasks.
[[nodiscard]] Result<ImportOutcome> import_tasks(const Resources& resources, const WriteTasks& access,
                                                 const std::vector<FileTask>& tasks,
                                                 std::vector<RefusedTask> refused,
                                                 const std::optional<IdempotencyKey>& key,
                                                 const model::Origin& origin);

}  // namespace taskward::domain
