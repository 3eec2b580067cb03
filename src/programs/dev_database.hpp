// The PostgreSQL server of the development server. lib/instance has created its cluster and configuration.
#pragma once

#include <chrono>

#include "dev_process.hpp"

namespace taskward::dev {

/// Throws Failure, Stopped.
void start_database(const StopSignal& stop);
/// Creates the database and its roles. Throws Failure, Stopped.
void prepare_database(const StopSignal& stop);
/// Stops the server if it runs.
void stop_database();

/// Restarts the server after a crash. A server without postmaster.pid was stopped on purpose (--exec pg_ctl
/// stop) and is left alone.
class DatabaseWatch {
 public:
  void look();

 private:
  enum class State { running, stopped, crashed };
  State state_ = State::running;
  std::chrono::steady_clock::time_point next_start_ = {};
};

}  // namespace taskward::dev
