#include "taskward/domain/database_clock.hpp"

#include <time.h>

#include "taskward/store/installation.hpp"

namespace taskward::domain {
namespace {

/// Also counts while the host is suspended.
Timestamp::duration since_start() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::duration_cast<Timestamp::duration>(std::chrono::seconds(time.tv_sec) +
                                                         std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace

Timestamp DatabaseClock::now() const {
  const Timestamp start = start_;
  return start == kNever ? host_.now() : start + since_start();
}

void DatabaseClock::compare(db::Connection& database) {
  // Connecting takes longer than a question.
  database.connect();
  const auto before = since_start();
  const Timestamp there = store::database_time(database);
  // The time there was read in the middle, give or take half of it.
  const auto half = (since_start() - before) / 2;
  const Timestamp start = there - before - half;
  const Timestamp known = start_;
  if (known == kNever || std::chrono::abs(start - known) > kTolerance + half) start_ = start;
}

}  // namespace taskward::domain
