// The bodies that Taskward reads and writes: THE tables of their members.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/api/parts.hpp"
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

[[nodiscard]] const Parts<model::User>& user_parts();
[[nodiscard]] const Parts<model::Task>& task_parts();
/// Those, and when it was deleted.
[[nodiscard]] const Parts<model::Task>& trashed_task_parts();
[[nodiscard]] const Parts<domain::RefusedTask>& refused_task_parts();
[[nodiscard]] const Parts<domain::ImportOutcome>& import_outcome_parts();
[[nodiscard]] const Parts<model::TokenPair>& token_pair_parts();
[[nodiscard]] const Parts<model::Session>& session_parts();
[[nodiscard]] const Parts<model::AuditEvent>& activity_parts();
[[nodiscard]] const Parts<domain::CodeRequested>& code_requested_parts();
[[nodiscard]] const Parts<domain::BatchDone>& batch_done_parts();

/// A page of tasks. Where a cursor was given there is no offset, and on the last page no next_cursor.
struct TaskPageBody {
  std::vector<model::Task> items;
  int limit = 0;
  std::optional<int> offset;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
[[nodiscard]] const Parts<TaskPageBody>& task_page_parts();
[[nodiscard]] const Parts<TaskPageBody>& trash_page_parts();

struct SessionListBody {
  std::vector<model::Session> items;
};
[[nodiscard]] const Parts<SessionListBody>& session_list_parts();

/// A page of one's own security events; on the last one there is no next_cursor.
struct ActivityPageBody {
  std::vector<model::AuditEvent> items;
  int limit = 0;
  std::optional<std::string> next_cursor;
};
[[nodiscard]] const Parts<ActivityPageBody>& activity_page_parts();

struct GreetingBody {
  std::string message;
  model::User user;
};
[[nodiscard]] const Parts<GreetingBody>& greeting_parts();

/// RFC 9457.
struct ProblemBody {
  std::string_view type = "about:blank";
  std::string_view title;
  int status = 0;
  std::string_view detail;
  std::string_view code;
  std::string_view request_id;
  std::vector<FieldFault> errors;
};
[[nodiscard]] const Parts<ProblemBody>& problem_parts();
[[nodiscard]] const Parts<FieldFault>& field_fault_parts();

struct ServiceStateBody {
  std::string status;
};
[[nodiscard]] const Parts<ServiceStateBody>& service_state_parts();

}  // namespace taskward::api
