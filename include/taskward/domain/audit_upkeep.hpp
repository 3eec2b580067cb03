// Monthly partitions of the audit log: created ahead of time, indexed when the month has ended, and dropped
// after the retention period.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

/// The interval between runs. Short, because a run fails immediately if it cannot get its locks.
inline constexpr std::chrono::milliseconds kAuditUpkeepInterval{60'000};

class AuditUpkeep {
 public:
  AuditUpkeep(const Clock& clock, RandomSource& random) : clock_(clock), random_(random) {}

  /// Creates missing partitions and drops one, or builds one index; returns the time to wait before the next
  /// call. What fails is logged and does not keep the rest from being done; it is tried again after
  /// kAuditUpkeepInterval.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log,
                                               const GiveUp& give_up);

 private:
  enum class Duty : std::uint8_t { months, indexes };

  [[nodiscard]] bool drop_month(db::Connection& database, const Log& log);
  [[nodiscard]] bool build_index(db::Connection& database, const Log& log, const GiveUp& give_up);

  const Clock& clock_;
  RandomSource& random_;
  Duty duty_ = Duty::months;
  std::set<std::string> failed_;  // months of which an index was not built in this round
};

}  // namespace taskward::domain
