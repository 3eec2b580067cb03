// Tasks that come in a file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/tasks.hpp"

namespace taskward::domain {

/// More tasks in one file are refused.
inline constexpr std::size_t kImportMax = 20'000;

/// A task and the line of the file on which it begins, from 1.
struct FileTask {
  std::size_t line = 0;
  model::ImportedTask task;
};

/// A task of a file that was not made.
struct RefusedTask {
  std::size_t line = 0;
  std::string code;  ///< of a fault, or quota_exceeded
  std::string message;
};

struct ImportOutcome {
  std::size_t imported = 0;
  std::vector<RefusedTask> refused;  ///< by their lines
};

/// Makes the tasks in their order, as many as there is room for. `refused` are those of the file that could
/// not be read as tasks.
[[nodiscard]] Result<ImportOutcome> import_tasks(const Resources& resources, const WriteTasks& access,
                                                 const std::vector<FileTask>& tasks,
                                                 std::vector<RefusedTask> refused,
                                                 const std::optional<IdempotencyKey>& key,
                                                 const model::Origin& origin);

}  // namespace taskward::domain
