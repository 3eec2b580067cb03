// Turns a request into a response: routes it, calls the handler and converts exceptions.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/log.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/http/request.hpp"
#include "taskward/http/response.hpp"

namespace taskward::app {

/// Bounds how often an error with the same reason is logged: ten times within ten seconds. Thread-safe.
class RepeatedErrors {
 public:
  /// How many errors with that reason were not logged since the last that was; nothing if this one is not
  /// either.
  [[nodiscard]] std::optional<std::int64_t> omitted_before(std::string_view reason);

 private:
  struct Count {
    std::chrono::steady_clock::time_point window_begin;
    int logged = 0;
    std::int64_t omitted = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Count, std::less<>> counts_;
};

class Dispatch {
 public:
  /// `cors_origins` are the web origins that are allowed cross-origin requests. The log must outlive the
  /// dispatcher.
  Dispatch(std::vector<std::string> cors_origins, const Log& log)
      : cors_origins_(std::move(cors_origins)), log_(log) {}

  /// Neither this nor Response::rest throws: every error becomes a response and is logged. Thread-safe. The
  /// dispatcher and the request must outlive the response.
  [[nodiscard]] http::Response answer(http::Request& request, const domain::Resources& resources) const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Outcome;
  class WatchedRest;
  [[nodiscard]] Outcome route(http::Request& request, const domain::Resources& resources) const;
  void add_cors(const http::Request& request, Outcome& outcome) const;
  /// Logs and counts the request. `aborted` is the reason for an incomplete response.
  void note(const http::Request& request, const Outcome& outcome, Steady::time_point begun,
            std::string_view aborted, model::Meter& meter) const;

  std::vector<std::string> cors_origins_;
  const Log& log_;
  mutable RepeatedErrors errors_;
};

}  // namespace taskward::app
