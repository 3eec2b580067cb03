// Many clients at once, each on a kept-alive connection of its own, until they are told to stop.
//
//   Load load(stack, 16, [&](HttpClient& client, std::size_t) { return client.get("/tasks", token); });
//   …
//   const Tally tally = load.finish();
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "../support/stack.hpp"

namespace taskward::test {

struct Tally {
  std::map<int, std::size_t> statuses;
  std::size_t unanswered = 0;
  std::vector<Answer> refusals;  ///< those of 400 and above, up to 100
  std::vector<std::string> faults;
  std::chrono::milliseconds longest{0};

  [[nodiscard]] std::size_t count(int status) const;
  [[nodiscard]] std::size_t answered() const;
  [[nodiscard]] std::string summary() const;
  void add(const Tally& other);
};

class Load {
 public:
  using Request = std::function<Answer(HttpClient& client, std::size_t round)>;

  Load(const Stack& stack, std::size_t clients, Request request, HttpVersion version = HttpVersion::http1_1);
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load();

  /// What came back since the start; each client ends after the request it is at.
  [[nodiscard]] Tally finish();
  /// Answers so far.
  [[nodiscard]] std::size_t answered() const { return answered_; }

 private:
  void work(HttpClient client, const Request& request, Tally& tally);

  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> answered_{0};
  std::vector<Tally> tallies_;
  std::vector<std::thread> threads_;
};

/// Asks once over each of so many connections, all at the same moment. The answers, in the connections'
/// order; one that never came has the status 0 and says why.
[[nodiscard]] std::vector<Answer> at_once(
    const Stack& stack, std::size_t clients,
    const std::function<Answer(HttpClient& client, std::size_t index)>& ask);

/// Tries until it holds; false when it still does not after that time.
[[nodiscard]] bool eventually(std::chrono::seconds limit, const std::function<bool()>& holds);

}  // namespace taskward::test
