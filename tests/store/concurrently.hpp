// Threads that start at the same moment, each with an open connection.
#pragma once

#include <exception>
#include <functional>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "fixture.hpp"

namespace taskward::testing {

/// Runs work(connection, thread number) on `count` threads, each with its own open connection, and returns
/// the results. Rethrows the exception of the first thread that failed.
template <class T>
std::vector<T> run_concurrently(StoreFixture& fixture, int count,
                                const std::function<T(db::Connection&, int)>& work) {
  std::vector<std::unique_ptr<db::Connection>> connections;
  for (int i = 0; i < count; ++i) connections.push_back(fixture.connect());
  std::vector<std::optional<T>> results(static_cast<std::size_t>(count));
  std::vector<std::exception_ptr> faults(static_cast<std::size_t>(count));
  std::latch start(count);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&, i] {
        const auto at = static_cast<std::size_t>(i);
        start.arrive_and_wait();
        try {
          results[at] = work(*connections[at], i);
        } catch (...) {
          faults[at] = std::current_exception();
        }
      });
    }
  }
  std::vector<T> out;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (faults[i]) std::rethrow_exception(faults[i]);
    out.push_back(std::move(*results[i]));
  }
  return out;
}

}  // namespace taskward::testing
