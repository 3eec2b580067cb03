// Jobs that repeat, each on a thread of its own, until they are told to stop.
//
// A job whose database is away, or that fails otherwise, is tried again until it works. What is wrong is
// logged when it begins and when it changes, not at every try.
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

#include "taskward/base/log.hpp"

namespace taskward::app {

class Background {
 public:
  /// Does one thing and says how long to wait before the next; zero when there may be more to do.
  using Step = std::function<std::chrono::milliseconds()>;
  /// To be asked at least once a second by a step that takes long, which also shows that it does not hang:
  /// true when it must give up what it does.
  using GiveUp = std::function<bool()>;
  /// Called on the job's thread, so that what a step works with is that thread's own.
  using MakeStep = std::function<Step(const GiveUp&)>;

  explicit Background(const Log& log) : log_(log) {}
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  /// Gives up what is under way.
  ~Background();

  void start(const std::string& name, MakeStep make_step);

  /// Begins no further step, and returns when those under way have ended. Those that have not after the
  /// limit are told to give up. True when none was.
  bool stop(std::chrono::milliseconds limit);

  /// How long the quietest job has not been heard of: what a watchdog asks.
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
  /// True when it is time to stop.
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
