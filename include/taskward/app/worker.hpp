// The event loop of a worker: a few threads share one epoll set of persistent connections.
//
// A thread takes a connection when it is readable, answers one request and returns it to the set, so that a
// few threads can serve any number of connections.
//
// When draining, a worker accepts the pending connections and then no more, but continues to answer requests
// on existing ones until nginx closes them, as it does with idle and heavily used connections. If the worker
// closed a connection, nginx might just have sent a POST on it, which it must not repeat. Only in the last
// sixth of the drain timeout does the worker close each connection after its response, and all remaining ones
// at its end.
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
  /// Answers one request. Each thread has its own.
  using Answer = std::function<http::Response(http::Request&)>;

  /// Does not take ownership of the listening socket. Each thread calls `make_answer` once at its start.
  Worker(int listener, int threads, FcgiStream::BodyMax body_max, std::function<Answer()> make_answer,
         const Log& log, model::Meter& meter);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Closes all connections that were not drained.
  ~Worker();

  void start();

  /// Accepts no more connections and waits until the existing ones are closed. False at the time limit.
  bool drain(std::chrono::milliseconds limit);

  /// The longest time that a request has been processed without progress, for the watchdog. Each piece of a
  /// response is progress.
  [[nodiscard]] std::chrono::milliseconds longest_request() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct ThreadState {
    std::atomic<Steady::rep> busy_since{0};  // 0 if idle
  };

  void run(ThreadState& state);
  enum class Accepted { one, none, failed };
  Accepted accept_one();
  void serve(FcgiStream* stream, const Answer& answer, ThreadState& state);
  void forget(FcgiStream* stream);
  /// Requires mutex_.
  void add(std::unique_ptr<FcgiStream> stream);
  void remove(FcgiStream* stream);
  /// False if the connection could not be added to the epoll set.
  [[nodiscard]] bool park(FcgiStream* stream, int operation);

  int listener_;
  FcgiStream::BodyMax body_max_;
  std::function<Answer()> make_answer_;
  const Log& log_;
  model::Meter& meter_;
  int epoll_ = -1;
  int wake_ = -1;  // an eventfd in the epoll set; readable when the threads must end

  std::atomic<bool> closing_{false};

  std::mutex mutex_;
  bool is_draining_ = false;                 // guarded by mutex_
  std::unordered_set<FcgiStream*> streams_;  // guarded by mutex_; owns them

  std::vector<std::unique_ptr<ThreadState>> states_;
  std::vector<std::thread> threads_;
};

}  // namespace taskward::app
