// Threads that start at the same moment, each with an open connection.
#pragma once

#include <exception>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "fixture.hpp"

namespace taskward::testing {

/// Runs work(connection, thread number) on one thread for each connection, and returns the results. Rethrows
/// the exception of the first thread that failed.
template <class T>
std::vector<T> run_concurrently(std::span<const std::unique_ptr<db::Connection>> connections,
                                const std::function<T(db::Connection&, int)>& work) {
  const std::size_t count = connections.size();
  std::vector<std::optional<T>> results(count);
  std::vector<std::exception_ptr> errors(count);
  std::latch start(static_cast<std::ptrdiff_t>(count));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        try {
          results[i] = work(*connections[i], static_cast<int>(i));
        } catch (...) {
          errors[i] = std::current_exception();
        }
      });
    }
  }
  std::vector<T> out;
  for (std::size_t i = 0; i < count; ++i) {
    if (errors[i]) std::rethrow_exception(errors[i]);
    out.push_back(std::move(*results[i]));
  }
  return out;
}

/// The same on the first `count` connections of the fixture.
template <class T>
std::vector<T> run_concurrently(StoreFixture& fixture, int count,
                                const std::function<T(db::Connection&, int)>& work) {
  return run_concurrently<T>(fixture.connections(count), work);
}

}  // namespace taskward::testing
