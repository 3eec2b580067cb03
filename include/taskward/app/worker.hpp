// The worker's loop: a few threads on one epoll set, in which idle kept-alive connections are parked.
//
// A thread takes a connection only when it has bytes, answers one request on it and puts it back, so
// that any number of connections progress with few threads, and none owns one.
//
// Told to stop, a worker accepts no more connections but goes on answering those it has until nginx
// has closed them, which nginx does with an idle or well-used one by itself. Were the worker to close
// one, nginx might just then have sent a POST on it, which it could not repeat. Only in the last sixth
// of the time that the drain may take does the worker close each connection after its answer, and at
// its end what is left.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <vector>

#include "taskward/app/fcgi_stream.hpp"
#include "taskward/base/log.hpp"
#include "taskward/model/metrics.hpp"

namespace taskward::app {

class Worker {
 public:
  /// Answers one request, given by the thread's own function (made once in each thread).
  using Answer = std::function<http::Response(http::Request&)>;

  /// The listening socket stays the caller's. `make_answer` is called in each thread at its start.
  Worker(int listener, int threads, FcgiStream::BodyMax body_max, std::function<Answer()> make_answer,
         const Log& log, model::Meter& meter);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Stops at once what was not drained.
  ~Worker();

  void start();

  /// Accepts no more, answers what comes on the connections there are, and returns when they are gone
  /// or the time is over. True when they are gone.
  bool drain(std::chrono::milliseconds limit);

  /// How long the request under way that has been quiet for longest has been so: what a watchdog asks. Each
  /// piece of an answer counts.
  [[nodiscard]] std::chrono::milliseconds longest_request() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct ThreadState {
    std::atomic<Steady::rep> busy_since{0};  // 0 when idle
  };

  void run(ThreadState& state);
  void accept_one();
  void serve(FcgiStream* stream, const Answer& answer, ThreadState& state);
  void forget(FcgiStream* stream);
  /// With mutex_ locked.
  void add(std::unique_ptr<FcgiStream> stream);
  void remove(FcgiStream* stream);
  /// False when it could not be put into the set.
  [[nodiscard]] bool park(FcgiStream* stream, int operation);

  int listener_;
  FcgiStream::BodyMax body_max_;
  std::function<Answer()> make_answer_;
  const Log& log_;
  model::Meter& meter_;
  int epoll_ = -1;
  int wake_ = -1;  // an eventfd in the set; readable when the threads are to end

  std::atomic<bool> draining_{false};
  std::atomic<bool> closing_{false};

  std::mutex mutex_;
  std::unordered_set<FcgiStream*> streams_;  // guarded by mutex_; owns them

  std::vector<std::unique_ptr<ThreadState>> states_;
  std::vector<std::thread> threads_;
};

}  // namespace taskward::app
