// Reading a body in a test.
#pragma once

#include <string>
#include <string_view>

#include "taskward/api/account_bodies.hpp"
#include "taskward/api/auth_bodies.hpp"
#include "taskward/api/task_bodies.hpp"
#include "tests/unit/support_outcome.hpp"

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

/// "ok", the code of the refusal, or the faults, one after the other.
template <class T>
[[nodiscard]] std::string read_of(const api::Shape<T>& shape, std::string_view body,
                                  api::Presence presence = api::Presence::required) {
  const auto read = read_as(shape, body, presence);
  std::string out;
  for (const std::string& fault : faults_of(read)) out += (out.empty() ? "" : ", ") + fault;
  return out.empty() ? outcome(read) : out;
}

/// A body of one text member.
[[nodiscard]] inline std::string body_of(std::string_view member, std::string_view text) {
  json::Writer w;
  w.begin_object();
  w.key(member);
  w.string(text);
  w.end_object();
  return w.take();
}

[[nodiscard]] inline std::string times(std::size_t count, std::string_view piece) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

}  // namespace taskward::testing
