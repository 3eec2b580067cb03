// The database's time. It decides on every host when a token, a code or an authentication begins and ends, so
// that the clocks of hosts may differ.
#pragma once

#include <atomic>

#include "taskward/base/clock.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

/// Between two comparisons it advances with the time since the start of this host, so that setting the host's
/// clock has no effect.
class DatabaseClock final : public Clock {
 public:
  /// A smaller difference is not corrected, so that the time of a process does not jump back and forth.
  static constexpr std::chrono::milliseconds kTolerance{50};

  /// Keeps a reference to `host`, whose time it has before the first comparison.
  explicit DatabaseClock(const Clock& host) : host_(host) {}

  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] Timestamp host_time() const override { return host_.now(); }

  /// Asks the database for its time. Throws the exceptions of the connection. Thread-safe.
  void compare(db::Connection& database);

 private:
  static constexpr Timestamp kNever = Timestamp::min();

  const Clock& host_;
  std::atomic<Timestamp> start_ = kNever;  ///< the database's time when this host was started
};

}  // namespace taskward::domain
