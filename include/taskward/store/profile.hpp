// What people change about their own accounts.
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

using OwnProfile = model::Access<model::Permission::own_profile>;

/// What to change; what is not there stays. An empty name takes the name away.
struct ProfileChange {
  std::optional<std::string> name;
  std::optional<std::string> username;
};

/// The profile as it is afterwards. 401 invalid_token; 409 username_taken.
[[nodiscard]] Result<model::User> change_profile(db::Connection& database, const OwnProfile& access,
                                                 const ProfileChange& change, const model::AuditStamp& stamp);

/// An address that a code has come back from.
struct EmailChange {
  CodeTry attempt;
  std::string email;
  std::optional<std::string> old_email;  ///< it must still be this
  const SealedMail& announcement;        ///< to the old address, if there is one and it is another
};

/// Tries the code, and if it is right sets the address. 401 invalid_token or invalid_otp; 409 email_taken.
[[nodiscard]] Result<model::User> change_email(db::Connection& database, const OwnProfile& access,
                                               const EmailChange& change, const model::AuditStamp& stamp);

/// Deletes the caller's account with all its sessions and tasks, if the password is still the one that was
/// checked. 401 invalid_token, or invalid_credentials when it is not; 409 last_administrator; 423
/// account_locked when the caller was locked meanwhile.
[[nodiscard]] Result<Done> delete_account(db::Connection& database, const OwnProfile& access,
                                          const std::string& password_hash, const model::AuditStamp& stamp);

/// The same if the code is right. 401 invalid_otp.
[[nodiscard]] Result<Done> delete_account(db::Connection& database, const OwnProfile& access,
                                          const CodeTry& attempt, const model::AuditStamp& stamp);

}  // namespace taskward::store
