// The bodies that Taskward reads and writes: THE tables of their members.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/api/shape.hpp"
#include "taskward/domain/accounts.hpp"
#include "taskward/json/writer.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/task.hpp"
#include "taskward/model/user.hpp"

namespace taskward::api {

struct LoginBody {
  std::optional<std::string> email;
  std::optional<std::string> username;
  Secret password;
};

struct RefreshBody {
  std::optional<Secret> refresh_token;
};

struct LogoutBody {
  std::optional<Secret> refresh_token;
  std::optional<model::LogoutScope> scope;
};

[[nodiscard]] const Shape<domain::Registration>& registration_shape();
[[nodiscard]] const Shape<LoginBody>& login_shape();
[[nodiscard]] const Shape<RefreshBody>& refresh_shape();
[[nodiscard]] const Shape<LogoutBody>& logout_shape();
[[nodiscard]] const Shape<model::NewTask>& new_task_shape();
[[nodiscard]] const Shape<model::TaskChange>& task_change_shape();

/// One member of a body that is written from a T.
template <class T>
struct Part {
  std::string_view name;
  void (*write)(json::Writer& w, const T& value);
};

[[nodiscard]] const std::vector<Part<model::User>>& user_parts();
[[nodiscard]] const std::vector<Part<model::Task>>& task_parts();
[[nodiscard]] const std::vector<Part<model::TokenPair>>& token_pair_parts();

/// Writes the value as an object of its parts.
template <class T>
void write_object(json::Writer& w, const T& value, const std::vector<Part<T>>& parts) {
  w.begin_object();
  for (const Part<T>& part : parts) {
    w.key(part.name);
    part.write(w, value);
  }
  w.end_object();
}

}  // namespace taskward::api
