// The readiness check: reads and writes of the service work.
#pragma once

#include <chrono>
#include <mutex>

#include "taskward/base/result.hpp"

namespace taskward::domain {

struct Resources;

/// What the threads of a process know of their database. Thread-safe.
class DatabaseHealth {
 public:
  /// A statement failed with db::ServerFault.
  void note_fault();
  /// Whether at least five did within ten seconds, in the last ten seconds.
  [[nodiscard]] bool is_failing() const;

  /// Whether the last successful write probe is more than a second ago: a flood of readiness checks must not
  /// become a flood of writes.
  [[nodiscard]] bool needs_probe() const;
  void note_probe();

 private:
  using Steady = std::chrono::steady_clock;
  mutable std::mutex mutex_;
  Steady::time_point window_begin_{}, unready_until_{}, probed_at_{};
  int faults_ = 0;
};

/// 503 service_unavailable if the schema is not supported by this release, or the database server reports
/// faults of its own. Throws the connection's exceptions if the database is unavailable or a write, which is
/// rolled back, fails.
[[nodiscard]] Result<Done> check_readiness(const Resources& resources);

}  // namespace taskward::domain
