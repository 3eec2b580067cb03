// Going through everything that has had its time, again and again, a batch at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "taskward/base/log.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

/// Between two batches, so that others get their turn, and between two rounds.
inline constexpr std::chrono::milliseconds kPurgePause{200};
inline constexpr std::chrono::milliseconds kPurgeInterval{60'000};

class Purger {
 public:
  /// Removes one batch of what is next, and says how long to wait before the next call. What the database
  /// throws leaves it where it was.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log);

 private:
  std::size_t place_ = 0;  // in store::every_purge()
  std::int64_t removed_ = 0;
};

}  // namespace taskward::domain
