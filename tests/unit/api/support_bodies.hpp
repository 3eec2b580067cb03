// Parsing request bodies in tests.
#pragma once

#include <string>
#include <string_view>

#include "taskward/api/account_bodies.hpp"
#include "taskward/api/auth_bodies.hpp"
#include "taskward/api/task_bodies.hpp"
#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::testing {

[[nodiscard]] inline http::Request request_with(std::string_view body) {
  http::Request request;
  request.content_type = "application/json";
  request.body = body;
  return request;
}

template <class T>
[[nodiscard]] Result<T> read_as(const api::Shape<T>& shape, std::string_view body,
                                api::Presence presence = api::Presence::required) {
  auto request = request_with(body);
  return api::read_body(shape, request, presence);
}

/// "ok", the field errors, or the error code.
template <class T>
[[nodiscard]] std::string read_of(const api::Shape<T>& shape, std::string_view body,
                                  api::Presence presence = api::Presence::required) {
  return error_summary(read_as(shape, body, presence));
}

/// A JSON object with one string member.
[[nodiscard]] inline std::string body_of(std::string_view name, std::string_view text) {
  json::Writer w;
  w.begin_object();
  w.key(name);
  w.string(text);
  w.end_object();
  return w.take();
}

}  // namespace taskward::testing
