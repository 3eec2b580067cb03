// Erasing old tasks from the trash and recounting quotas, in small batches.
#pragma once

#include <chrono>
#include <cstdint>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

inline constexpr std::size_t kTrashBatch = 100;

class TaskUpkeep {
 public:
  TaskUpkeep(const Clock& clock, RandomSource& random) : clock_(clock), random_(random) {}

  /// Runs one batch; returns the time to wait before the next call. After a database exception the next call
  /// continues at the same position.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log);

 private:
  const Clock& clock_;
  RandomSource& random_;
  bool is_counting_ = false;  // true after the trash was handled
  std::int64_t erased_ = 0;
};

}  // namespace taskward::domain
