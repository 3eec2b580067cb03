// From a request to its response: route, authenticate, authorise, handle, respond. The only catch.
#pragma once

#include <string>
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
  /// log. Any thread may call. This outlives the response.
  [[nodiscard]] http::Response answer(http::Request& request, const domain::Resources& resources) const;

 private:
  struct Outcome;
  [[nodiscard]] Outcome route(http::Request& request, const domain::Resources& resources) const;
  /// What the rest of an answer throws is logged, and breaks it off.
  void watch_rest(http::Response& response, const http::Request& request) const;
  void add_cors(const http::Request& request, http::Response& response) const;

  std::vector<std::string> cors_origins_;
  const Log& log_;
};

}  // namespace taskward::app
