// A response, as plain values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/base/secret.hpp"

namespace taskward::http {

struct Response {
  int status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers;  ///< names are literals
  std::string body;

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
