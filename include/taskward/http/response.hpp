// A response.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/base/secret.hpp"

namespace taskward::http {

/// The result of generating a piece of a body; broken means that the rest cannot be generated.
enum class Piece : std::uint8_t { more, end, broken };

struct Response {
  int status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers;  ///< names must be literals
  std::string body;
  /// Generates the rest of a large body, one piece per call. May be empty. After `broken` the connection is
  /// closed, so that the client detects an incomplete response.
  std::function<Piece(std::string& into)> rest;

  Response() = default;
  explicit Response(int code) : status(code) {}
  Response(Response&&) = default;
  Response& operator=(Response&&) = default;
  Response(const Response&) = delete;
  Response& operator=(const Response&) = delete;
  /// Wipes tokens.
  ~Response() { wipe(body); }

  Response& with(std::string_view header, std::string value) {
    headers.emplace_back(header, std::move(value));
    return *this;
  }
};

}  // namespace taskward::http
