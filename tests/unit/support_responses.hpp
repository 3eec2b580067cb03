// Inspecting responses in tests.
#pragma once

#include <string>
#include <string_view>

#include "taskward/http/response.hpp"

namespace taskward::testing {

/// The value of a header; " | " separates the values of a repeated one.
[[nodiscard]] inline std::string header_value(const http::Response& response, std::string_view name) {
  std::string out;
  for (const auto& [key, value] : response.headers) {
    if (key == name) out += (out.empty() ? "" : " | ") + value;
  }
  return out;
}

}  // namespace taskward::testing
