// Keeping the audit record in months: partitions are made ahead, and old ones dropped.
#pragma once

#include <chrono>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

/// Between two looks. Short, because a look gives up at once when others are in its way.
inline constexpr std::chrono::milliseconds kAuditUpkeepInterval{60'000};

class AuditUpkeep {
 public:
  AuditUpkeep(const Clock& clock, RandomSource& random) : clock_(clock), random_(random) {}

  /// Makes what is missing, drops at most one month, and says how long to wait before the next call. What
  /// the database throws leaves it where it was.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log);

 private:
  const Clock& clock_;
  RandomSource& random_;
};

}  // namespace taskward::domain
