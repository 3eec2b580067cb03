// Changing accounts: administrators by their access, the operator by the command line. Every action is
// recorded by its own statement.
//
// All functions that take an actor return 401 invalid_token when an administrator's session has ended, and
// 403 forbidden (recorded) when the user is no longer an administrator. The operator is always permitted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/account.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/store/actor.hpp"
#include "taskward/store/codes.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

/// A code for setting a new password, and the mail that delivers it.
struct PasswordResetMail {
  NewCode code;
  SealedMail mail;
};

struct AccountChangeOrder {
  UserId user;
  model::AccountChange change;
  std::optional<std::string> password_hash;  ///< ends the account's sessions
  std::optional<PasswordResetMail> reset;
  std::optional<SealedMail> announcement;  ///< to the old address; sent if the address changes
  /// The address that the mails were sealed for. With a reset or a new address the account must still have
  /// it.
  std::optional<std::string> addressee;
  AuditId unlock_record;  ///< the id of the audit record if locks are removed
  AuditId reset_record;   ///< the id of the audit record if a code is mailed
};

/// Makes all of the change or none of it, and returns the account afterwards. A new address is unverified. A
/// new address, a new password and a deactivation end the account's sessions. Returns nothing when the
/// account's address has changed in the meantime. 404 not_found; 409 email_taken, username_taken or
/// last_administrator; 429 too_many_requests for a code. All but the first are recorded.
[[nodiscard]] Result<std::optional<model::Account>> change_account(db::Connection& database,
                                                                   const Actor& actor,
                                                                   const AccountChangeOrder& order,
                                                                   const model::AuditStamp& stamp);

/// Deletes the account and all its data. 404 not_found; 409 last_administrator.
[[nodiscard]] Result<Done> delete_account(db::Connection& database, const Actor& actor, const UserId& user,
                                          const model::AuditStamp& stamp);

/// Ends all sessions of the account, including those that are started concurrently. Returns how many were
/// live. 404 not_found.
[[nodiscard]] Result<std::int64_t> end_sessions(db::Connection& database, const Actor& actor,
                                                const UserId& user, const model::AuditStamp& stamp);

/// Ends one live session of the account. For the operator only. 404 not_found.
[[nodiscard]] Result<Done> end_session_of(db::Connection& database, const UserId& user,
                                          const SessionId& session, const model::AuditStamp& stamp);

}  // namespace taskward::store
