// The bodies that Taskward reads and writes: THE tables of their members.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/api/shape.hpp"
#include "taskward/domain/accounts.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/domain/task_import.hpp"
#include "taskward/json/writer.hpp"
#include "taskward/model/audit_event.hpp"
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

/// An address that a code is to go to.
struct CodeRequestBody {
  std::string email;
};

struct CodeLoginBody {
  std::string email;
  Secret otp;
  std::optional<Secret> challenge;
};

struct PasswordChangeBody {
  Secret current_password;
  Secret new_password;
};

struct PasswordResetBody {
  std::string email;
  Secret otp;
  std::optional<Secret> challenge;
  Secret new_password;
};

/// A name, or an address: first without a code, which is sent to it then, and again with it.
struct ProfileChangeBody {
  std::optional<std::string> name;
  std::optional<std::string> username;
  std::optional<std::string> email;
  std::optional<Secret> otp;
  std::optional<Secret> challenge;
};

/// A password, or a code that was sent to one's address.
struct AccountDeletionBody {
  std::optional<Secret> password;
  std::optional<Secret> otp;
  std::optional<Secret> challenge;
};

[[nodiscard]] const Shape<domain::Registration>& registration_shape();
[[nodiscard]] const Shape<LoginBody>& login_shape();
[[nodiscard]] const Shape<RefreshBody>& refresh_shape();
[[nodiscard]] const Shape<LogoutBody>& logout_shape();
[[nodiscard]] const Shape<CodeRequestBody>& code_request_shape();
[[nodiscard]] const Shape<CodeLoginBody>& code_login_shape();
[[nodiscard]] const Shape<PasswordChangeBody>& password_change_shape();
[[nodiscard]] const Shape<PasswordResetBody>& password_reset_shape();
[[nodiscard]] const Shape<ProfileChangeBody>& profile_change_shape();
[[nodiscard]] const Shape<AccountDeletionBody>& account_deletion_shape();
[[nodiscard]] const Shape<model::NewTask>& new_task_shape();
[[nodiscard]] const Shape<model::TaskChange>& task_change_shape();
[[nodiscard]] const Shape<model::BatchUpdate>& batch_update_shape();
[[nodiscard]] const Shape<model::TaskBatch>& task_batch_shape();
/// A task of a file, with what an export has of it.
[[nodiscard]] const Shape<model::ImportedTask>& imported_task_shape();

/// One member of a body that is written from a T.
template <class T>
struct Part {
  std::string_view name;
  void (*write)(json::Writer& w, const T& value);
};

[[nodiscard]] const std::vector<Part<model::User>>& user_parts();
[[nodiscard]] const std::vector<Part<model::Task>>& task_parts();
/// Those, and when it was deleted.
[[nodiscard]] const std::vector<Part<model::Task>>& trashed_task_parts();
[[nodiscard]] const std::vector<Part<domain::RefusedTask>>& refused_task_parts();
[[nodiscard]] const std::vector<Part<model::TokenPair>>& token_pair_parts();
[[nodiscard]] const std::vector<Part<model::Session>>& session_parts();
[[nodiscard]] const std::vector<Part<model::AuditEvent>>& activity_parts();
[[nodiscard]] const std::vector<Part<domain::CodeRequested>>& code_requested_parts();

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

/// Writes the values as an array of such objects.
template <class T>
void write_array(json::Writer& w, const std::vector<T>& values, const std::vector<Part<T>>& parts) {
  w.begin_array();
  for (const T& value : values) write_object(w, value, parts);
  w.end_array();
}

}  // namespace taskward::api
