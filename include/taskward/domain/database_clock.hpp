// The database's time. It decides on every host when a token, a code or an authentication begins and ends, so
// that the clocks of hosts may differ.
#pragma once

#include <atomic>

#include "taskward/base/clock.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

class DatabaseClock final : public Clock {
 public:
  /// Differences up to this one are not corrected, so that the time of a process does not jump back and
  /// forth.
  static constexpr std::chrono::milliseconds kTolerance{50};

  /// Keeps a reference to `host`.
  explicit DatabaseClock(const Clock& host) : host_(host) {}

  /// The time of the host's clock, corrected by the difference that compare() found last.
  [[nodiscard]] Timestamp now() const override { return host_.now() + ahead_.load(); }
  [[nodiscard]] Timestamp host_time() const override { return host_.now(); }

  /// Asks the database for its time. Throws the exceptions of the connection. Thread-safe.
  void compare(db::Connection& database);

 private:
  const Clock& host_;
  std::atomic<Timestamp::duration> ahead_ = Timestamp::duration::zero();
};

}  // namespace taskward::domain
