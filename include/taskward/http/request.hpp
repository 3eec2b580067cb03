// A request as passed by nginx. Address, id and time are set by nginx, not the client.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/secret.hpp"

namespace taskward::http {

/// Default limit of a request body.
inline constexpr std::size_t kBodyMaxBytes = 64UL * 1024;

struct Request {
  std::string method;  ///< as sent by the client
  std::string path;    ///< decoded and normalised by nginx
  std::string query;   ///< as sent by the client, without the '?'
  std::string content_type;
  std::string content_encoding;
  std::string body;
  std::size_t body_max = kBodyMaxBytes;  ///< limit of the route
  /// The body exceeded body_max and was discarded.
  bool body_too_large = false;
  // Headers that protect their sender: one that is present and empty differs from one that is missing. Lines
  // of the same name are joined with ", " (RFC 9110, section 5.3); of other headers, the first line counts.
  std::optional<std::string> authorization;
  std::optional<std::string> if_match;
  std::optional<std::string> if_none_match;
  std::optional<std::string> idempotency_key;
  std::string accept;
  std::string origin;
  std::string sec_fetch_site;  ///< Fetch Metadata
  std::string host;
  std::string cookie;
  std::string user_agent;
  std::string access_control_request_method;
  std::string client_address;
  std::string request_id;
  std::string sent_at;  ///< when nginx passed the request to the worker; see parse_sent_at()

  Request() = default;
  Request(Request&&) = default;
  Request& operator=(Request&&) = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  /// Wipes passwords and tokens.
  ~Request() {
    wipe(body);
    wipe(cookie);
    if (authorization) wipe(*authorization);
  }
};

}  // namespace taskward::http
