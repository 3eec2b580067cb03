#include "taskward/domain/task_upkeep.hpp"

#include "new_ids.hpp"
#include "taskward/domain/purge.hpp"
#include "taskward/store/task_upkeep.hpp"

namespace taskward::domain {

std::chrono::milliseconds TaskUpkeep::next(db::Connection& database, const Log& log) {
  if (is_counting_) {
    if (store::recount_quota(database)) return kPurgePause;
    is_counting_ = false;
    return kPurgeInterval;
  }
  const auto erased = store::empty_trash(database, new_ids<AuditId>(clock_, random_, kTrashBatch));
  erased_ += erased;
  if (erased == static_cast<std::int64_t>(kTrashBatch)) return kPurgePause;
  if (erased_ > 0) log.line(LogLevel::info, "trash_emptied").field("tasks", erased_);
  erased_ = 0;
  is_counting_ = true;
  return kPurgePause;
}

}  // namespace taskward::domain
