// How the service stands, as the database has it: for those who watch over it.
#pragma once

#include <chrono>
#include <cstdint>

#include "taskward/db/connection.hpp"

namespace taskward::store {

/// Sessions and locked names are counted up to this, so that asking costs about the same however many there
/// are.
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

/// Throws what the connection throws, db::Unavailable when it took longer than the limit.
[[nodiscard]] ServiceState read_service_state(db::Connection& database, std::chrono::milliseconds limit);

}  // namespace taskward::store
