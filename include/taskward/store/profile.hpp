// Changes that users make to their own accounts.
#pragma once

#include <optional>
#include <string>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/codes.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

using OwnProfile = model::SessionAccess<model::Permission::own_profile>;

/// Omitted members stay unchanged. An empty name removes the name.
struct ProfileChange {
  std::optional<std::string> name;
  std::optional<std::string> username;
};

/// The profile after the change. 401 invalid_token; 409 username_taken.
[[nodiscard]] Result<model::User> change_profile(db::Connection& database, const OwnProfile& access,
                                                 const ProfileChange& change, const model::AuditStamp& stamp);

/// A new address, with the code that was sent to it.
struct EmailChange {
  CodeAttempt attempt;
  std::string email;
  std::optional<std::string> old_email;  ///< must still be current
  const SealedMail& announcement;        ///< to the old address, if there is one and it differs
};

/// Verifies the code and sets the address. 401 invalid_token or invalid_otp; 409 email_taken.
[[nodiscard]] Result<model::User> change_email(db::Connection& database, const OwnProfile& access,
                                               const EmailChange& change, const model::AuditStamp& stamp);

/// Deletes the caller's account with all its sessions and tasks. 401 invalid_token, or invalid_credentials
/// when `password_hash`, which was checked, is no longer current; 409 last_administrator; 423 account_locked
/// when the caller has been locked in the meantime.
[[nodiscard]] Result<Done> delete_account(db::Connection& database, const OwnProfile& access,
                                          const std::string& password_hash, const model::AuditStamp& stamp);

/// The same with a code. 401 invalid_otp.
[[nodiscard]] Result<Done> delete_account(db::Connection& database, const OwnProfile& access,
                                          const CodeAttempt& attempt, const model::AuditStamp& stamp);

}  // namespace taskward::store
