#include "taskward/domain/database_clock.hpp"

#include "taskward/store/installation.hpp"

namespace taskward::domain {

void DatabaseClock::compare(db::Connection& database) {
  const Timestamp before = host_.now();
  const Timestamp there = store::database_time(database);
  const Timestamp after = host_.now();
  // The time there was read between these two.
  const auto half = (after - before) / 2;
  const auto ahead = there - (before + half);
  const auto change = std::chrono::abs(ahead - ahead_.load());
  if (change > kTolerance + half) ahead_ = ahead;
}

}  // namespace taskward::domain
