// From a request to its response: route, authenticate, authorise, handle, respond. The only catch.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/log.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/http/request.hpp"
#include "taskward/http/response.hpp"

namespace taskward::app {

class Dispatch {
 public:
  /// `cors_origins` are the web origins whose scripts may read the answers. The log outlives this.
  Dispatch(std::vector<std::string> cors_origins, const Log& log)
      : cors_origins_(std::move(cors_origins)), log_(log) {}

  /// Never throws, and neither does the rest of a response: whatever happens is a response and a line in the
  /// log. Any thread may call. This and the request outlive the response.
  [[nodiscard]] http::Response answer(http::Request& request, const domain::Resources& resources) const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Outcome;
  class WatchedRest;
  [[nodiscard]] Outcome route(http::Request& request, const domain::Resources& resources) const;
  void add_cors(const http::Request& request, Outcome& outcome) const;
  /// The request's line in the log, and its count. `broken_off` says why its answer has no end.
  void note(const http::Request& request, const Outcome& outcome, Steady::time_point begun,
            std::string_view broken_off, model::Meter& meter) const;

  std::vector<std::string> cors_origins_;
  const Log& log_;
};

}  // namespace taskward::app
