// Removing expired rows in batches.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "taskward/base/log.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

/// The pause between two batches, to limit the load, and between two rounds.
inline constexpr std::chrono::milliseconds kPurgePause{200};
inline constexpr std::chrono::milliseconds kPurgeInterval{60'000};

class Purger {
 public:
  /// Removes one batch; returns the time to wait before the next call. After a database exception the next
  /// call continues at the same position.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log);

 private:
  std::size_t place_ = 0;  // in store::every_purge()
  std::int64_t removed_ = 0;
};

}  // namespace taskward::domain
