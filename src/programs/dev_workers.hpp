// The worker processes and the background process of the development server, which is handled as one more
// worker: start, supervision, replacement.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "dev_process.hpp"

namespace taskward::dev {

struct WorkerCounts {
  int api = 2;
  int auth = 1;
  std::string auth_threads = "2";
};

/// How long a process may take until it is ready: START_TIMEOUT, in seconds, or 60 s.
[[nodiscard]] Milliseconds start_timeout();

class Workers {
 public:
  /// Creates the sockets of both pools. `drain` is how long a worker may take to end after SIGTERM.
  Workers(const WorkerCounts& counts, Milliseconds drain);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Starts all and waits until they are ready. Throws Failure, Stopped.
  void start(const StopSignal& stop);
  /// Throws Failure if a worker has ended. Call it before watch() is called for the first time.
  void check_started();
  /// Restarts workers that have ended: the first time immediately, then after 1, 2, 4, 8 and 10 s, until one
  /// has run for 30 s. Throws Failure if a worker rejects its settings.
  void watch();
  /// Replaces the workers one after another. Each new one is ready before the old one is told to stop, so
  /// that a connection is always accepted. False if a replacement did not become ready; its predecessor is
  /// kept.
  [[nodiscard]] bool replace(const StopSignal& stop);

 private:
  using Clock = std::chrono::steady_clock;
  struct Worker {
    std::string name;  ///< POOL-NUMBER or background
    pid_t process = 0;
    Clock::time_point started = {};
    Clock::time_point next_start = {};
    int failures = 0;
    std::uintmax_t log_offset = 0;
    [[nodiscard]] std::string log() const;
    [[nodiscard]] std::string pid_file() const;
    [[nodiscard]] std::string ready_file() const;
  };

  void start_one(Worker& worker) const;
  /// False if it ended or did not become ready in time.
  [[nodiscard]] static bool await(Worker& worker, const StopSignal& stop);
  static void note_end(Worker& worker, int status);
  [[nodiscard]] bool replace_one(Worker& worker, const StopSignal& stop, std::vector<pid_t>& replaced) const;

  WorkerCounts counts_;
  Milliseconds drain_;
  std::vector<int> sockets_;
  std::vector<Worker> workers_;
};

}  // namespace taskward::dev
