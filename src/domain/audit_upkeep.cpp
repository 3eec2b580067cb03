#include "taskward/domain/audit_upkeep.hpp"

#include "taskward/domain/purge.hpp"
#include "taskward/store/audit_months.hpp"

namespace taskward::domain {

std::chrono::milliseconds AuditUpkeep::next(db::Connection& database, const Log& log) {
  if (const int made = store::make_audit_months(database); made > 0)
    log.line(LogLevel::info, "audit_months_made").field("months", made);
  const auto dropped = store::drop_old_audit(database, AuditId::make(clock_, random_));
  if (!dropped) return kAuditUpkeepInterval;
  log.line(LogLevel::info, "audit_month_dropped").field("month", *dropped);
  return kPurgePause;
}

}  // namespace taskward::domain
