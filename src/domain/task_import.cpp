#include "taskward/domain/task_import.hpp"

#include <algorithm>

#include "new_ids.hpp"
#include "taskward/store/access.hpp"
#include "taskward/store/task_imports.hpp"

namespace taskward::domain {

Result<ImportOutcome> import_tasks(const Resources& resources, const WriteTasks& access,
                                   const std::vector<FileTask>& tasks, std::vector<RefusedTask> refused,
                                   const std::optional<IdempotencyKey>& key, const model::Origin& origin) {
  std::vector<model::ImportedTask> sound;
  sound.reserve(tasks.size());
  for (const FileTask& one : tasks) sound.push_back(one.task);
  const auto created = new_ids<TaskId>(resources, tasks.size());
  // At least one, for the record of a denied request.
  const auto records = new_ids<AuditId>(resources, tasks.size() + 1);
  const int quota = resources.rules.tasks_per_user;
  auto taken = store::insert_tasks(resources.database, access, sound, created, records, quota, key, origin);
  if (!taken) {
    // The rollback also removed the audit record of the denial, so it is written again.
    if (taken.error().code == ErrorCode::forbidden) {
      if (auto still = store::check_access(resources.database, access, resources.stamp(origin)); !still)
        return std::move(still).error();
    }
    return std::move(taken).error();
  }
  ImportOutcome outcome{*taken, std::move(refused)};
  for (std::size_t i = *taken; i < tasks.size(); ++i) {
    outcome.refused.push_back({tasks[i].line, std::string(facts(ErrorCode::quota_exceeded).name),
                               "exceeds the quota of " + std::to_string(quota) + " tasks"});
  }
  std::stable_sort(outcome.refused.begin(), outcome.refused.end(),
                   [](const RefusedTask& a, const RefusedTask& b) { return a.line < b.line; });
  return outcome;
}

}  // namespace taskward::domain
