#include "load.hpp"

#include <algorithm>
#include <barrier>

namespace taskward::test {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

std::size_t Tally::count(int status) const {
  const auto found = statuses.find(status);
  return found == statuses.end() ? 0 : found->second;
}

std::size_t Tally::answered() const {
  std::size_t sum = 0;
  for (const auto& [status, count] : statuses) sum += count;
  return sum;
}

std::string Tally::summary() const {
  std::string out;
  for (const auto& [status, count] : statuses)
    out += std::to_string(status) + " × " + std::to_string(count) + ", ";
  out += std::to_string(unanswered) + " unanswered, the longest " + std::to_string(longest.count()) + " ms";
  for (const std::string& fault : faults) out += '\n' + fault;
  for (const Answer& refusal : refusals) {
    out += '\n' + refusal.body;
    if (out.size() > 3000) break;
  }
  return out;
}

void Tally::add(const Tally& other) {
  constexpr std::size_t most = 100;
  for (const auto& [status, count] : other.statuses) statuses[status] += count;
  unanswered += other.unanswered;
  longest = std::max(longest, other.longest);
  for (const Answer& refusal : other.refusals)
    if (refusals.size() < most) refusals.push_back(refusal);
  for (const std::string& fault : other.faults)
    if (faults.size() < most) faults.push_back(fault);
}

Load::Load(const Stack& stack, std::size_t clients, Request request, HttpVersion version)
    : tallies_(clients) {
  for (Tally& tally : tallies_) {
    threads_.emplace_back([this, &tally, request, client = stack.client(version)]() mutable {
      work(std::move(client), request, tally);
    });
  }
}

Load::~Load() {
  if (!threads_.empty()) static_cast<void>(finish());
}

void Load::work(HttpClient client, const Request& request, Tally& tally) {
  for (std::size_t round = 0; !stop_; ++round) {
    const auto begun = Clock::now();
    Tally one;
    try {
      const Answer answer = request(client, round);
      ++one.statuses[answer.status];
      if (answer.status >= 400) one.refusals.push_back(answer);
      ++answered_;
    } catch (const std::exception& fault) {
      ++one.unanswered;
      one.faults.emplace_back(fault.what());
    }
    one.longest = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    tally.add(one);
  }
}

Tally Load::finish() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  Tally all;
  for (const Tally& tally : tallies_) all.add(tally);
  return all;
}

std::vector<Answer> at_once(const Stack& stack, std::size_t clients,
                            const std::function<Answer(HttpClient& client, std::size_t index)>& ask) {
  std::vector<Answer> answers(clients);
  std::barrier ready(static_cast<std::ptrdiff_t>(clients));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < clients; ++i) {
      threads.emplace_back([&, i, client = stack.client(HttpVersion::http1_1)]() mutable {
        try {
          static_cast<void>(client.get("/healthz"));
        } catch (const NoAnswer&) {
          // Then it is the request itself that gets none.
        }
        ready.arrive_and_wait();
        try {
          answers[i] = ask(client, i);
        } catch (const std::exception& fault) {
          answers[i].body = fault.what();
        }
      });
    }
  }
  return answers;
}

bool eventually(std::chrono::seconds limit, const std::function<bool()>& holds) {
  const auto end = Clock::now() + limit;
  while (!holds()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

}  // namespace taskward::test
