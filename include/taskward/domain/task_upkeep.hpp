// Erasing old tasks from the trash, recounting quotas, and indexing the tasks of large owners, in small
// batches.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/store/task_upkeep.hpp"

namespace taskward::domain {

inline constexpr std::size_t kTrashBatch = 100;

class TaskUpkeep {
 public:
  TaskUpkeep(const Clock& clock, RandomSource& random) : clock_(clock), random_(random) {}

  /// Runs one batch; returns the time to wait before the next call. After a database exception the next call
  /// continues at the same position.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log);

 private:
  [[nodiscard]] std::chrono::milliseconds empty_trash(db::Connection& database, const Log& log);
  [[nodiscard]] std::chrono::milliseconds index_tasks(db::Connection& database, const Log& log);

  const Clock& clock_;
  RandomSource& random_;
  enum class Duty : std::uint8_t { trash, quotas, index } duty_ = Duty::trash;
  std::int64_t erased_ = 0;
  std::optional<store::OwnerToIndex> indexing_;
  TaskId last_indexed_{};
};

}  // namespace taskward::domain
