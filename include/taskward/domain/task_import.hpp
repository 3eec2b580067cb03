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

/// What the client is told about a line of a file.
struct ImportIssue {
  std::size_t line = 0;
  std::string code;
  std::string message;
};

/// Codes of warnings. Refused tasks have fault codes, or quota_exceeded.
inline constexpr std::string_view kNotImported = "not_imported";  ///< a value without a counterpart
inline constexpr std::string_view kAssumedUtc = "assumed_utc";    ///< a local time without a known time zone
inline constexpr std::string_view kMoreWarnings = "too_many";     ///< the number of further warnings

/// The maximum number of warnings per file, including the last one about further warnings.
inline constexpr std::size_t kImportWarningsMax = 1000;

/// What was read from a file.
struct ImportedFile {
  std::vector<FileTask> tasks;        ///< in the order of the file
  std::vector<ImportIssue> refused;   ///< entries that are not valid tasks
  std::vector<ImportIssue> warnings;  ///< sorted by line
};

struct ImportOutcome {
  std::size_t imported = 0;
  std::vector<ImportIssue> refused;   ///< sorted by line
  std::vector<ImportIssue> warnings;  ///< sorted by line
};

/// Creates the tasks in order, up to the quota. A task with a created_at or completed_at in the future is
/// refused.
[[nodiscard]] Result<ImportOutcome> import_tasks(const Resources& resources, const WriteTasks& access,
                                                 ImportedFile file, const std::optional<IdempotencyKey>& key,
                                                 const model::Origin& origin);

}  // namespace taskward::domain
