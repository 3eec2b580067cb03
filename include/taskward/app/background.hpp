// Periodic jobs, each on its own thread.
//
// A job that fails is repeated until it succeeds. An error is logged when it first occurs or changes, not at
// every attempt.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "taskward/base/give_up.hpp"
#include "taskward/base/log.hpp"

namespace taskward::app {

class Background {
 public:
  /// Performs one step and returns the time until the next; zero if there may be more to do.
  using Step = std::function<std::chrono::milliseconds()>;
  /// Called on the thread of the job, so that the step can own resources of the thread.
  using MakeStep = std::function<Step(const GiveUp&)>;

  explicit Background(const Log& log) : log_(log) {}
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  /// Aborts running steps.
  ~Background();

  void start(const std::string& name, MakeStep make_step);

  /// Starts no further steps and waits for running ones, which are aborted after `limit`. True if none was
  /// aborted.
  bool stop(std::chrono::milliseconds limit);

  /// The longest time since a job showed that it is alive, for the watchdog.
  [[nodiscard]] std::chrono::milliseconds longest_silence() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Job {
    std::string name;
    std::atomic<Steady::rep> heard_at{0};
    bool ended = false;  // guarded by mutex_
    std::thread thread;
  };

  void run(Job& job, const MakeStep& make_step);
  /// True if the job must stop.
  bool wait(Job& job, std::chrono::milliseconds pause);
  void note_database(const char* fault);
  static void heard(Job& job);

  const Log& log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;          // guarded by mutex_
  bool database_is_away_ = false;  // guarded by mutex_
  std::atomic<bool> giving_up_{false};
  std::vector<std::unique_ptr<Job>> jobs_;
};

}  // namespace taskward::app
