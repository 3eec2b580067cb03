// The state of the service as stored in the database, for monitoring.
#pragma once

#include <chrono>
#include <cstdint>

#include "taskward/db/connection.hpp"

namespace taskward::store {

/// Sessions and locked names are counted up to this number, which bounds the cost of the query.
inline constexpr std::int64_t kStateCountedTo = 100'000;

struct ServiceState {
  std::int64_t mail_waiting = 0;
  std::int64_t mail_dead = 0;
  std::chrono::microseconds
      seal_lag{};  ///< the age of the oldest record that no seal covers; zero when there is none
  std::int64_t newest_seal = 0;  ///< its number; 0 when there is none
  std::int64_t live_sessions = 0;
  std::int64_t locked_names = 0;
};

/// Throws what the connection throws, and db::Unavailable when it takes longer than the limit.
[[nodiscard]] ServiceState read_service_state(db::Connection& database, std::chrono::milliseconds limit);

}  // namespace taskward::store
