// Monthly partitions of the audit log: created ahead of time, indexed when the month has ended, and dropped
// after the retention period.
#pragma once

#include <chrono>
#include <functional>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

/// The interval between runs. Short, because a run fails immediately if it cannot get its locks.
inline constexpr std::chrono::milliseconds kAuditUpkeepInterval{60'000};

class AuditUpkeep {
 public:
  /// Whether to stop now; called every second while an index is built.
  using GiveUp = std::function<bool()>;

  AuditUpkeep(const Clock& clock, RandomSource& random) : clock_(clock), random_(random) {}

  /// Creates missing partitions, and drops one or builds one index; returns the time to wait before the next
  /// call. Can be called again after a database exception.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log,
                                               const GiveUp& give_up);

 private:
  const Clock& clock_;
  RandomSource& random_;
};

}  // namespace taskward::domain
