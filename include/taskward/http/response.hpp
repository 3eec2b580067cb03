// A response, as plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/base/secret.hpp"

namespace taskward::http {

/// What came of asking for a piece of a body: there may be more, that was the end, or the rest cannot be had.
enum class Piece : std::uint8_t { more, end, broken };

struct Response {
  int status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers;  ///< names are literals
  std::string body;
  /// Gives what follows the body, a piece at each call, for what is too large to be held as a whole. May be
  /// empty. A broken rest breaks the connection, so that nobody takes a part for the whole.
  std::function<Piece(std::string& into)> rest;

  Response() = default;
  explicit Response(int code) : status(code) {}
  Response(Response&&) = default;
  Response& operator=(Response&&) = default;
  Response(const Response&) = delete;
  Response& operator=(const Response&) = delete;
  /// Tokens went out here.
  ~Response() { wipe(body); }

  Response& with(std::string_view header, std::string value) {
    headers.emplace_back(header, std::move(value));
    return *this;
  }
};

}  // namespace taskward::http
