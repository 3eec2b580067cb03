// Emptying the trash, and counting what everybody has, a little at a time.
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

  /// Does a little of what is next, and says how long to wait before the next call. What the database throws
  /// leaves it where it was.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log);

 private:
  const Clock& clock_;
  RandomSource& random_;
  bool is_counting_ = false;  // once the trash is empty
  std::int64_t erased_ = 0;
};

}  // namespace taskward::domain
