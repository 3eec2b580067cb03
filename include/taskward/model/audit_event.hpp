// The audit record: the one list of actions, and what each record carries about its request.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "taskward/base/ids.hpp"

namespace taskward::model {

// X(enumerator, name in the record, what it stands for)
#define TASKWARD_AUDIT_ACTIONS(X)                                                       \
  X(account_register, "account.register", "an account was made, or could not be")       \
  X(session_login, "session.login", "a login with a password, right or wrong")          \
  X(session_refresh, "session.refresh", "a refresh token was turned in, alive or dead") \
  X(session_logout, "session.logout", "sessions were ended by their owner")             \
  X(task_create, "task.create", "a task was made")                                      \
  X(task_update, "task.update", "a task was changed")                                   \
  X(task_delete, "task.delete", "a task was deleted")                                   \
  X(access_denied, "access.denied", "a role that does not hold the permission asked")

enum class AuditAction : std::uint8_t {
#define X(action, text, meaning) action,
  TASKWARD_AUDIT_ACTIONS(X)
#undef X
};

[[nodiscard]] std::string_view name(AuditAction action) noexcept;
[[nodiscard]] std::span<const AuditAction> every_audit_action() noexcept;

/// Where a request came from. Views into the request, which outlives every statement it causes.
struct Origin {
  std::string_view request_id;
  std::string_view client_address;  ///< empty for the operator's shell
  std::string_view user_agent;
};

/// What a statement needs to write its record beside its deed.
struct AuditStamp {
  AuditId id;
  Origin origin;
};

}  // namespace taskward::model
