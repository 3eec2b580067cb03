#include "taskward/domain/task_upkeep.hpp"

#include "new_ids.hpp"
#include "taskward/domain/purge.hpp"

namespace taskward::domain {
namespace {

constexpr std::int64_t kIndexBatch = 200;
/// Lists of a large owner are slow until its tasks are indexed.
constexpr std::chrono::milliseconds kIndexPause{20};

}  // namespace

std::chrono::milliseconds TaskUpkeep::next(db::Connection& database, const Log& log) {
  switch (duty_) {
    case Duty::trash:
      return empty_trash(database, log);
    case Duty::quotas:
      if (!store::recount_old_quota(database)) duty_ = Duty::index;
      return kPurgePause;
    case Duty::index:
      return index_tasks(database, log);
  }
  return kPurgeInterval;
}

std::chrono::milliseconds TaskUpkeep::empty_trash(db::Connection& database, const Log& log) {
  const auto erased = store::empty_trash(database, new_ids<AuditId>(clock_, random_, kTrashBatch));
  erased_ += erased;
  if (erased == static_cast<std::int64_t>(kTrashBatch)) return kPurgePause;
  if (erased_ > 0) log.line(LogLevel::info, "trash_emptied").field("tasks", erased_);
  erased_ = 0;
  duty_ = Duty::quotas;
  return kPurgePause;
}

std::chrono::milliseconds TaskUpkeep::index_tasks(db::Connection& database, const Log& log) {
  if (!indexing_) {
    indexing_ = store::find_owner_to_index(database);
    last_indexed_ = TaskId{};
  }
  if (!indexing_) {
    duty_ = Duty::trash;
    return kPurgeInterval;
  }
  if (last_indexed_ == TaskId{} && store::has_earlier_writers(database, indexing_->since)) {
    duty_ = Duty::trash;
    return kPurgePause;
  }
  if (const auto last = store::index_some_tasks(database, indexing_->owner, last_indexed_, kIndexBatch)) {
    last_indexed_ = *last;
    return kIndexPause;
  }
  store::finish_index_of_tasks(database, indexing_->owner);
  log.line(LogLevel::info, "tasks_indexed").field("user", indexing_->owner.text());
  indexing_.reset();
  return kIndexPause;
}

}  // namespace taskward::domain
