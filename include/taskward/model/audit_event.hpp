// The audit log: the list of actions, and what each record contains about its request.
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

// X(enumerator, name in the record, meaning)
#define TASKWARD_AUDIT_ACTIONS(X)                                                                            \
  X(account_register, "account.register", "an account was registered, or registration failed")               \
  X(account_import, "account.import", "an account was imported from another system")                         \
  X(account_change, "account.change", "a profile was changed")                                               \
  X(account_delete, "account.delete", "an account was deleted, or deletion failed")                          \
  X(code_request, "code.request", "a one-time code was requested")                                           \
  X(password_change, "password.change", "a password was changed by the account owner")                       \
  X(password_reset, "password.reset", "a password was reset with a code")                                    \
  X(session_login, "session.login", "a login, successful or not")                                            \
  X(session_challenge, "session.challenge", "the first of two factors was accepted")                         \
  X(session_reauthenticate, "session.reauthenticate",                                                        \
    "a user was authenticated again in a session, or failed")                                                \
  X(totp_begin, "totp.begin", "a TOTP secret was created, not yet confirmed")                                \
  X(totp_enable, "totp.enable", "TOTP was enabled")                                                          \
  X(totp_disable, "totp.disable", "TOTP was disabled")                                                       \
  X(recovery_codes_create, "recovery.create", "new recovery codes were created")                             \
  X(passkey_register, "passkey.register", "a passkey was added")                                             \
  X(passkey_rename, "passkey.rename", "a passkey was renamed")                                               \
  X(passkey_delete, "passkey.delete", "a passkey was deleted")                                               \
  X(passkey_clone_suspected, "passkey.clone", "the counter of a passkey went back: it may have been copied") \
  X(mfa_reset, "mfa.reset", "all second factors of an account were removed")                                 \
  X(session_refresh, "session.refresh", "a refresh token was presented, valid or not")                       \
  X(session_logout, "session.logout", "the user logged out of one or all sessions")                          \
  X(session_end, "session.end", "the user ended one session from another")                                   \
  X(token_create, "token.create", "a personal access token was created")                                     \
  X(token_change, "token.change", "a personal access token was renamed")                                     \
  X(token_revoke, "token.revoke", "one or all personal access tokens of an account were revoked")            \
  X(limit_exceeded, "limit.exceeded", "a client, address or account exceeded a rate limit")                  \
  X(account_lock, "account.lock", "a name or an account was locked after failed attempts")                   \
  X(account_unlock, "account.unlock", "a lock was removed before it expired")                                \
  X(key_rotate, "key.rotate", "a signing key was created")                                                   \
  X(key_revoke, "key.revoke", "a signing key was revoked")                                                   \
  X(task_create, "task.create", "a task was created")                                                        \
  X(task_update, "task.update", "a task was changed")                                                        \
  X(task_delete, "task.delete", "a task was moved to the trash")                                             \
  X(task_restore, "task.restore", "a task was restored from the trash")                                      \
  X(task_erase, "task.erase", "a task was permanently deleted")                                              \
  X(task_export, "task.export", "a user exported their tasks")                                               \
  X(mail_retry, "mail.retry", "undeliverable mail was queued again")                                         \
  X(mail_read, "mail.read", "an administrator read the queue of mail")                                       \
  X(search_configure, "search.configure", "the text search configuration was changed")                       \
  X(dashboard_read, "dashboard.read", "an administrator read the dashboard")                                 \
  X(account_list, "account.list", "an administrator listed accounts")                                        \
  X(account_read, "account.read", "an administrator read an account")                                        \
  X(audit_read, "audit.read", "the audit log was read")                                                      \
  X(audit_export, "audit.export", "the audit log was exported")                                              \
  X(audit_head, "audit.head", "the newest seal was printed or mailed")                                       \
  X(audit_era, "audit.era", "the audit log was continued in another database cluster")                       \
  X(audit_drop, "audit.drop", "a month of expired records was dropped")                                      \
  X(audit_retention, "audit.retention", "the retention period of the audit log was changed")                 \
  X(access_denied, "access.denied",                                                                          \
    "the role lacks the required permission, or a personal access token the scope")

enum class AuditAction : std::uint8_t {
#define X(action, text, meaning) action,
  TASKWARD_AUDIT_ACTIONS(X)
#undef X
};

[[nodiscard]] std::string_view name(AuditAction action) noexcept;
[[nodiscard]] std::span<const AuditAction> every_audit_action() noexcept;

/// The origin of a request. Refers to the request, which outlives the statements it causes.
struct Origin {
  std::string_view request_id;
  std::string_view client_address;  ///< empty for the command line
  std::string_view user_agent;
  std::optional<Timestamp> sent_at{};  ///< when nginx passed the request to a worker; not recorded
};

/// What a statement needs to write the audit record of its action.
struct AuditStamp {
  AuditId id;
  Origin origin;
};

/// A record as shown to the user it concerns.
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
  std::optional<PersonalTokenId> token_id;  ///< the personal access token that the user used
};

}  // namespace taskward::model
