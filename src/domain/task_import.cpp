#include "taskward/domain/task_import.hpp"

#include <algorithm>

#include "new_ids.hpp"
#include "taskward/store/access.hpp"
#include "taskward/store/task_imports.hpp"

namespace taskward::domain {
namespace {

std::optional<ImportIssue> future_time(const FileTask& one, Timestamp now) {
  const auto issue = [&](const char* member) {
    return ImportIssue{one.line, std::string(name(FaultCode::out_of_range)),
                       std::string(member) + " must not be in the future"};
  };
  if (one.task.created_at > now) return issue("created_at");
  if (one.task.completed_at > now) return issue("completed_at");
  return std::nullopt;
}

/// The tasks of a file that can be created, and the others.
struct Sorted {
  std::vector<model::ImportedTask> sound;
  std::vector<std::size_t> lines;  ///< of the sound tasks
  std::vector<ImportIssue> refused;
};

Sorted sorted_out(const std::vector<FileTask>& tasks, Timestamp now) {
  Sorted sorted;
  sorted.sound.reserve(tasks.size());
  sorted.lines.reserve(tasks.size());
  for (const FileTask& one : tasks) {
    if (auto issue = future_time(one, now)) {
      sorted.refused.push_back(std::move(*issue));
    } else {
      sorted.sound.push_back(one.task);
      sorted.lines.push_back(one.line);
    }
  }
  return sorted;
}

}  // namespace

Result<ImportOutcome> import_tasks(const Resources& resources, const WriteTasks& access, ImportedFile file,
                                   const std::optional<IdempotencyKey>& key, const model::Origin& origin) {
  const Timestamp now = resources.clock.now();
  Sorted sorted = sorted_out(file.tasks, now);
  const auto created = new_ids<TaskId>(resources, sorted.sound.size());
  // At least one, for the record of a denied request.
  const auto records = new_ids<AuditId>(resources, sorted.sound.size() + 1);
  const int quota = resources.rules.tasks_per_user;
  auto done = store::insert_tasks(resources.database, access, sorted.sound, created, records, quota, key, now,
                                  origin);
  if (!done) {
    // The rollback also removed the audit record of the denial, so it is written again.
    if (done.error().code == ErrorCode::forbidden) {
      if (auto still = store::check_access(resources.database, access, resources.stamp(origin)); !still)
        return std::move(still).error();
    }
    return std::move(done).error();
  }
  // A repeated request refuses the same tasks as the first one, although time has passed.
  if (done->at != now) sorted = sorted_out(file.tasks, done->at);
  ImportOutcome outcome{done->imported, std::move(file.refused), std::move(file.warnings)};
  outcome.refused.insert(outcome.refused.end(), sorted.refused.begin(), sorted.refused.end());
  for (std::size_t i = done->imported; i < sorted.lines.size(); ++i) {
    outcome.refused.push_back({sorted.lines[i], std::string(facts(ErrorCode::quota_exceeded).name),
                               "exceeds the quota of " + std::to_string(quota) + " tasks"});
  }
  std::stable_sort(outcome.refused.begin(), outcome.refused.end(),
                   [](const ImportIssue& a, const ImportIssue& b) { return a.line < b.line; });
  return outcome;
}

}  // namespace taskward::domain
