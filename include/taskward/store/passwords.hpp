// Setting passwords. Hashes only come here.
#pragma once

#include <string>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/store/codes.hpp"

namespace taskward::store {

/// Puts the new hash in the place of `old_hash`, which was checked, and ends the caller's other sessions.
/// 401 invalid_token, or invalid_credentials when the old one is not theirs any more; 423
/// account_locked when the caller was locked meanwhile.
[[nodiscard]] Result<Done> change_password(db::Connection& database,
                                           const model::Access<model::Permission::own_profile>& access,
                                           const std::string& old_hash, const std::string& new_hash,
                                           const model::AuditStamp& stamp);

/// Whether there is a code that such a try could be right for, whatever the code tried: without one nothing
/// need be hashed. Looks at no account.
[[nodiscard]] bool has_live_code(db::Connection& database, const CodeTry& attempt);

/// Tries the code, and if it is right sets the password of the active account with that address, ends all
/// its sessions and unlocks its names (`unlock_record` is the id of the record of that). 401 invalid_otp.
[[nodiscard]] Result<Done> reset_password(db::Connection& database, const CodeTry& attempt,
                                          const std::string& email, const std::string& new_hash,
                                          const AuditId& unlock_record, const model::AuditStamp& stamp);

}  // namespace taskward::store
