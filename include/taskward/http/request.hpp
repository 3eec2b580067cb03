// A request, as plain values. What nginx tells, and nothing that the client could forge about itself.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "taskward/base/secret.hpp"

namespace taskward::http {

/// What a body may have, unless its route says otherwise.
inline constexpr std::size_t kBodyMaxBytes = 64UL * 1024;

struct Request {
  std::string method;  ///< as it came; dispatch decides whether it is known
  std::string path;    ///< decoded and normalised by nginx
  std::string query;   ///< as it came, without the '?'
  std::string content_type;
  std::string content_encoding;
  std::string body;
  std::size_t body_max = kBodyMaxBytes;  ///< what a body may have on this route
  /// The body was larger than that and was not kept.
  bool body_too_large = false;
  std::string authorization;
  std::string if_match;
  std::string if_none_match;
  std::string idempotency_key;
  std::string accept;
  std::string origin;
  std::string user_agent;
  std::string access_control_request_method;
  std::string client_address;
  std::string request_id;
  std::string sent_at;  ///< when nginx sent this to the worker, as http::sent_moment reads it

  Request() = default;
  Request(Request&&) = default;
  Request& operator=(Request&&) = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  /// Passwords and tokens came in here.
  ~Request() {
    wipe(body);
    wipe(authorization);
  }
};

}  // namespace taskward::http
