// Measures how many of the service's statements PostgreSQL executes per second through libpq alone: the upper
// bound for the throughput of the whole product.
//
//   bench USER SESSION TASK SECONDS THREADS     (settings as for every program)
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/config/load.hpp"
#include "taskward/crypto/random.hpp"
#include "taskward/store/schema.hpp"
#include "taskward/store/tasks.hpp"
#include "tests/support/any_access.hpp"

namespace {

using namespace taskward;

struct Bench {
  UserId user;
  SessionId session;
  TaskId task;
  std::chrono::seconds duration{};
  int threads = 0;
  const config::Settings& settings;
};

constexpr int kQuota = 10'000'000;

using Work = std::function<bool(db::Connection&)>;

/// Calls per second over all threads, each with its own connection.
long rate(const Bench& bench, const Work& work) {
  const SystemClock clock;
  const Log log(STDERR_FILENO, LogLevel::error, clock);
  std::atomic<long> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < bench.threads; ++i) {
    threads.emplace_back([&] {
      db::Connection connection({bench.settings.database_url, "taskward-bench"}, log, store::check_schema);
      connection.connect();
      const auto end = std::chrono::steady_clock::now() + bench.duration;
      while (std::chrono::steady_clock::now() < end && work(connection)) ++done;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return done / bench.duration.count();
}

int run(const std::vector<std::string>& words) {
  if (words.size() != 5) {
    std::cerr << "usage: bench USER SESSION TASK SECONDS THREADS\n";
    return 2;
  }
  const config::Loaded loaded = config::load(config::sources_of_process(""));
  const Bench bench{UserId::parse(words[0]).value(),
                    SessionId::parse(words[1]).value(),
                    TaskId::parse(words[2]).value(),
                    std::chrono::seconds(std::stoi(words[3])),
                    std::stoi(words[4]),
                    loaded.settings};
  const auto reads = testing::AnyAccess::of<model::Permission::read_tasks>(bench.user, bench.session);
  const auto writes = testing::AnyAccess::of<model::Permission::write_tasks>(bench.user, bench.session);
  const SystemClock clock;
  store::OwnerHints hints;
  std::cout << "find_task " << rate(bench, [&](db::Connection& connection) {
    return static_cast<bool>(store::find_task(connection, reads, bench.task));
  }) << '\n';
  std::cout << "create_task " << rate(bench, [&](db::Connection& connection) {
    crypto::SystemRandom random;
    const model::AuditStamp stamp{AuditId::make(clock, random), {"bench", "127.0.0.1", "bench"}};
    return static_cast<bool>(store::insert_task(connection, hints, writes, TaskId::make(clock, random),
                                                {"A task of the bench", "", {}}, kQuota, {}, stamp));
  }) << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& fault) {
    std::cerr << "bench: " << fault.what() << '\n';
    return 1;
  }
}
