// Setting passwords. This layer handles hashes only.
#pragma once

#include <string>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/store/codes.hpp"

namespace taskward::store {

/// Replaces `old_hash`, which was checked, and ends the caller's other sessions. 401 invalid_token, or
/// invalid_credentials when `old_hash` is no longer current; 423 account_locked when the caller has been
/// locked in the meantime.
[[nodiscard]] Result<Done> change_password(db::Connection& database,
                                           const model::SessionAccess<model::Permission::own_profile>& access,
                                           const std::string& old_hash, const std::string& new_hash,
                                           const model::AuditStamp& stamp);

/// Whether there is a live code that the attempt could match. If there is none, the new password need not be
/// hashed. Reads no account.
[[nodiscard]] bool has_live_code(db::Connection& database, const CodeAttempt& attempt);

/// Verifies the code, sets the password of the active account with that address, ends all its sessions and
/// unlocks its names. `email` is the address as the code was sent to it. `unlock_record` is the id of the
/// audit record of removed locks. 401 invalid_otp.
[[nodiscard]] Result<Done> reset_password(db::Connection& database, const CodeAttempt& attempt,
                                          const std::string& email, const std::string& new_hash,
                                          const AuditId& unlock_record, const model::AuditStamp& stamp);

}  // namespace taskward::store
