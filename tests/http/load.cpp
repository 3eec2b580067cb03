#include "load.hpp"

#include <algorithm>
#include <barrier>
#include <utility>

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
  out += std::to_string(unanswered) + " unanswered, longest " + std::to_string(longest.count()) + " ms";
  for (const std::string& fault : faults) out += '\n' + fault;
  for (const Response& refusal : refusals) {
    out += '\n' + refusal.body;
    if (out.size() > 3000) break;
  }
  return out;
}

void Tally::add(const Tally& other) {
  constexpr std::size_t max_kept = 100;
  for (const auto& [status, count] : other.statuses) statuses[status] += count;
  unanswered += other.unanswered;
  longest = std::max(longest, other.longest);
  for (const Response& refusal : other.refusals)
    if (refusals.size() < max_kept) refusals.push_back(refusal);
  for (const std::string& fault : other.faults)
    if (faults.size() < max_kept) faults.push_back(fault);
}

Load::Load(const Stack& stack, std::size_t clients, Operation operation, HttpVersion version)
    : tallies_(clients) {
  for (Tally& tally : tallies_) {
    threads_.emplace_back([this, &tally, operation, client = stack.client(version)]() mutable {
      work(std::move(client), operation, tally);
    });
  }
}

Load::~Load() {
  if (!threads_.empty()) static_cast<void>(finish());
}

void Load::work(HttpClient client, const Operation& operation, Tally& tally) {
  for (std::size_t round = 0; !stop_; ++round) {
    const auto start = Clock::now();
    Tally one;
    try {
      const Response response = operation(client, round);
      ++one.statuses[response.status];
      if (response.status >= 400) one.refusals.push_back(response);
      ++answered_;
      const std::lock_guard lock(mutex_);
      ++statuses_[response.status];
    } catch (const std::exception& fault) {
      ++one.unanswered;
      one.faults.emplace_back(fault.what());
    }
    one.longest = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    tally.add(one);
  }
}

std::size_t Load::answered(int status) const {
  const std::lock_guard lock(mutex_);
  const auto found = statuses_.find(status);
  return found == statuses_.end() ? 0 : found->second;
}

Tally Load::finish() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  Tally all;
  for (const Tally& tally : tallies_) all.add(tally);
  return all;
}

std::vector<Response> concurrently(
    const Stack& stack, std::size_t clients,
    const std::function<Response(HttpClient& client, std::size_t index)>& request) {
  std::vector<Response> responses(clients);
  std::barrier ready(static_cast<std::ptrdiff_t>(clients));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < clients; ++i) {
      threads.emplace_back([&, i, client = stack.client(HttpVersion::http1_1)]() mutable {
        try {
          static_cast<void>(client.get("/healthz"));
        } catch (const TransportError&) {
          // The request itself will fail as well.
        }
        ready.arrive_and_wait();
        try {
          responses[i] = request(client, i);
        } catch (const std::exception& fault) {
          responses[i].body = fault.what();
        }
      });
    }
  }
  return responses;
}

std::jthread run_sql_when(const Stack& stack, const std::string& condition, const std::string& action) {
  const std::string script = "do $$ begin for i in 1..20000 loop if " + condition + " then " + action +
                             "; exit; end if; perform pg_sleep(0.002); end loop; end $$";
  std::jthread polling([&stack, script] { static_cast<void>(stack.sql(script)); });
  const std::string is_polling =
      "select count(*) from pg_stat_activity where state = 'active' and query like 'do $$%pg_sleep%'";
  static_cast<void>(eventually(std::chrono::seconds(30), [&] { return stack.sql(is_polling) == "1"; }));
  return polling;
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
