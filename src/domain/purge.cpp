#include "taskward/domain/purge.hpp"

#include "taskward/store/purge.hpp"

namespace taskward::domain {

std::chrono::milliseconds Purger::next(db::Connection& database, const Log& log) {
  const auto all = store::every_purge();
  const store::Purge purge = all[place_];
  const std::int64_t removed = store::purge_batch(database, purge);
  removed_ += removed;
  if (removed >= store::kPurgeBatch) return kPurgePause;
  if (removed_ > 0)
    log.line(LogLevel::info, "purged").field("what", store::name(purge)).field("rows", removed_);
  removed_ = 0;
  place_ = (place_ + 1) % all.size();
  return place_ == 0 ? kPurgeInterval : kPurgePause;
}

}  // namespace taskward::domain
