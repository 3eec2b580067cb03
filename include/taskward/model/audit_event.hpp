// The audit record: the one list of actions, and what each record carries about its request.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"

namespace taskward::model {

// X(enumerator, name in the record, what it stands for)
#define TASKWARD_AUDIT_ACTIONS(X)                                                        \
  X(account_register, "account.register", "an account was made, or could not be")        \
  X(account_import, "account.import", "an account came from another system")             \
  X(account_change, "account.change", "a profile was changed")                           \
  X(account_delete, "account.delete", "an account was deleted, or could not be")         \
  X(code_request, "code.request", "a one-time code was asked for")                       \
  X(password_change, "password.change", "a password was changed by its owner")           \
  X(password_reset, "password.reset", "a password was set by a code")                    \
  X(session_login, "session.login", "a login with a password or a code, right or wrong") \
  X(session_refresh, "session.refresh", "a refresh token was turned in, alive or dead")  \
  X(session_logout, "session.logout", "sessions were ended by their owner")              \
  X(session_end, "session.end", "one session was ended from another of its owner's")     \
  X(limit_exceeded, "limit.exceeded", "a client or an address reached a limit")          \
  X(account_lock, "account.lock", "a name was locked after failures")                    \
  X(account_unlock, "account.unlock", "a lock was lifted before its end")                \
  X(key_rotate, "key.rotate", "a new signing key was made")                              \
  X(key_revoke, "key.revoke", "a signing key was revoked")                               \
  X(task_create, "task.create", "a task was made")                                       \
  X(task_update, "task.update", "a task was changed")                                    \
  X(task_delete, "task.delete", "a task went into the trash")                            \
  X(task_restore, "task.restore", "a task was taken back from the trash")                \
  X(task_erase, "task.erase", "a task was deleted for good")                             \
  X(task_export, "task.export", "somebody took a copy of all of their tasks")            \
  X(mail_retry, "mail.retry", "mail that was given up was let wait again")               \
  X(search_configure, "search.configure", "tasks are searched by another configuration") \
  X(dashboard_read, "dashboard.read", "an administrator looked at the dashboard")        \
  X(account_list, "account.list", "an administrator listed accounts")                    \
  X(account_read, "account.read", "an administrator looked at somebody's account")       \
  X(audit_read, "audit.read", "somebody looked at the audit record")                     \
  X(audit_export, "audit.export", "somebody took a copy of the audit record")            \
  X(audit_head, "audit.head", "the newest seal was printed or mailed")                   \
  X(audit_era, "audit.era", "the record went on in another database cluster")            \
  X(audit_drop, "audit.drop", "a month of old records was dropped")                      \
  X(audit_retention, "audit.retention", "how long records are kept was changed")         \
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
  std::optional<Timestamp> sent_at{};  ///< when nginx sent it to a worker; not recorded
};

/// What a statement needs to write its record beside its deed.
struct AuditStamp {
  AuditId id;
  Origin origin;
};

/// A record as it is shown to the person it is about.
struct AuditEvent {
  AuditId id;
  Timestamp at;
  std::string action;
  std::string outcome;
  std::optional<std::string> reason;
  std::optional<std::string> client_address;
  std::optional<std::string> user_agent;
  std::optional<std::string> request_id;
  std::vector<std::string> changed_fields;
};

}  // namespace taskward::model
