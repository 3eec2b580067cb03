// Concurrent clients, each on its own keep-alive connection, that send requests until they are stopped.
//
//   Load load(stack, 16, [&](HttpClient& client, std::size_t) { return client.get("/tasks", token); });
//   …
//   const Tally tally = load.finish();
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "../support/stack.hpp"

namespace taskward::test {

struct Tally {
  std::map<int, std::size_t> statuses;
  std::size_t unanswered = 0;
  std::vector<Response> refusals;  ///< responses of status 400 and above, at most 100
  std::vector<std::string> faults;
  std::chrono::milliseconds longest{0};

  [[nodiscard]] std::size_t count(int status) const;
  [[nodiscard]] std::size_t answered() const;
  [[nodiscard]] std::string summary() const;
  void add(const Tally& other);
};

class Load {
 public:
  using Operation = std::function<Response(HttpClient& client, std::size_t round)>;

  Load(const Stack& stack, std::size_t clients, Operation operation,
       HttpVersion version = HttpVersion::http1_1);
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load();

  /// Stops the clients after their current request and returns the results since the start.
  [[nodiscard]] Tally finish();
  /// Responses so far.
  [[nodiscard]] std::size_t answered() const { return answered_; }
  /// Responses of that status so far.
  [[nodiscard]] std::size_t answered(int status) const;

 private:
  void work(HttpClient client, const Operation& operation, Tally& tally);

  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> answered_{0};
  mutable std::mutex mutex_;
  std::map<int, std::size_t> statuses_;  ///< guarded by mutex_
  std::vector<Tally> tallies_;
  std::vector<std::thread> threads_;
};

/// Sends one request on each of the connections, all at the same time. Returns the responses in the order of
/// the connections; a failed request has status 0 and the error as its body.
[[nodiscard]] std::vector<Response> concurrently(
    const Stack& stack, std::size_t clients,
    const std::function<Response(HttpClient& client, std::size_t index)>& request);

/// Polls until `holds` is true; false if it is not within the time limit.
[[nodiscard]] bool eventually(std::chrono::seconds limit, const std::function<bool()>& holds);

/// Runs the SQL statement `action` as soon as the SQL expression `condition` is true. Polls within the
/// database every 2 ms, for 40 s at most, so that the action takes effect while a response is being streamed.
/// Returns after the polling has started; the thread ends with it.
[[nodiscard]] std::jthread run_sql_when(const Stack& stack, const std::string& condition,
                                        const std::string& action);

}  // namespace taskward::test
