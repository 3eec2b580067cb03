#include "taskward/domain/audit_upkeep.hpp"

#include "taskward/db/failure.hpp"
#include "taskward/domain/purge.hpp"
#include "taskward/store/audit_months.hpp"

namespace taskward::domain {

std::chrono::milliseconds AuditUpkeep::next(db::Connection& database, const Log& log, const GiveUp& give_up) {
  try {
    if (const int created = store::make_audit_months(database); created > 0)
      log.line(LogLevel::info, "audit_months_created").field("months", created);
    if (const auto dropped = store::drop_old_audit(database, AuditId::make(clock_, random_))) {
      log.line(LogLevel::info, "audit_month_dropped").field("month", *dropped);
      return kPurgePause;
    }
    if (const auto built = store::index_audit_month(database, [&] { return !give_up(); })) {
      log.line(LogLevel::info, "audit_month_indexed").field("index", *built);
      return kPurgePause;
    }
  } catch (const db::Unavailable& fault) {
    // Usually a long-running read or import. Retrying immediately would block writers, which queue behind the
    // lock request.
    log.line(LogLevel::info, "audit_months_deferred").field("reason", fault.what());
    return kAuditUpkeepInterval;
  }
  return store::forget_audit_leaves(database) ? kPurgePause : kAuditUpkeepInterval;
}

}  // namespace taskward::domain
