#include "taskward/domain/audit_upkeep.hpp"

#include <algorithm>

#include "taskward/db/failure.hpp"
#include "taskward/domain/purge.hpp"
#include "taskward/store/audit_months.hpp"

namespace taskward::domain {
namespace {

/// False if it failed, which is logged.
template <class Work>
bool attempt(const Log& log, std::string_view what, const Work& work) {
  try {
    work();
    return true;
  } catch (const db::NotLocked& fault) {
    // Usually a long-running read or import.
    log.line(LogLevel::info, "audit_months_deferred").field("work", what).field("reason", fault.what());
  } catch (const db::Unavailable& fault) {
    log.line(LogLevel::warning, "audit_months_failed").field("work", what).field("reason", fault.what());
  } catch (const db::StatementFailed& fault) {
    log.line(LogLevel::error, "audit_months_failed").field("work", what).field("reason", fault.what());
  }
  return false;
}

}  // namespace

std::chrono::milliseconds AuditUpkeep::next(db::Connection& database, const Log& log, const GiveUp& give_up) {
  if (duty_ == Duty::months) {
    attempt(log, "create", [&] {
      if (const int created = store::make_audit_months(database); created > 0)
        log.line(LogLevel::info, "audit_months_created").field("months", created);
    });
    // Not before the next round if it fails: writers queue behind the lock request.
    if (drop_month(database, log)) return kPurgePause;
    attempt(log, "drop_index", [&] {
      if (store::drop_former_audit_index(database)) log.line(LogLevel::info, "audit_index_dropped");
    });
  }
  // After an exception, the months come first.
  duty_ = Duty::months;
  if (build_index(database, log, give_up)) {
    duty_ = Duty::indexes;
    return kPurgePause;
  }
  failed_.clear();
  return store::forget_audit_leaves(database) ? kPurgePause : kAuditUpkeepInterval;
}

bool AuditUpkeep::drop_month(db::Connection& database, const Log& log) {
  bool is_dropped = false;
  attempt(log, "drop", [&] {
    const auto dropped = store::drop_old_audit(database, AuditId::make(clock_, random_));
    if (dropped) log.line(LogLevel::info, "audit_month_dropped").field("month", *dropped);
    is_dropped = dropped.has_value();
  });
  return is_dropped;
}

bool AuditUpkeep::build_index(db::Connection& database, const Log& log, const GiveUp& give_up) {
  const auto missing = store::missing_audit_indexes(database);
  const auto next =
      std::ranges::find_if(missing, [&](const auto& one) { return !failed_.contains(one.month); });
  if (next == missing.end()) return false;
  failed_.insert(next->month);
  bool is_built = false;
  const bool is_done = attempt(log, next->name, [&] {
    is_built = store::index_audit_month(database, next->name, give_up);
    if (is_built) log.line(LogLevel::info, "audit_month_indexed").field("index", next->name);
  });
  if (is_done) failed_.erase(next->month);
  return is_built || !is_done;
}

}  // namespace taskward::domain
