// Logging in: finding the account, counting failures, and starting the session.
//
// The statement that completes a login checks the lockout again, with its row locked: of concurrent guesses
// only those before the fifth failure are evaluated, including correct ones.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/attempts.hpp"
#include "taskward/store/codes.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

/// The account and password hash to check a password against, and whether the name or the account is locked.
struct LoginRecord {
  std::optional<model::User> user;
  std::optional<std::string> password_hash;
  std::optional<std::chrono::seconds> locked_for;  ///< the name; for the caller, the account
  bool is_account_locked = false;
};

/// Finds the account with that e-mail address or user name, case-insensitively. `unknown` is the lockout
/// subject of a name that no account has.
[[nodiscard]] LoginRecord find_login(db::Connection& database, const model::AccountName& name,
                                     std::string_view unknown);

/// The same for the caller, who must enter the password again. 401 invalid_token when the session has ended.
[[nodiscard]] Result<LoginRecord> find_own_login(
    db::Connection& database, const model::SessionAccess<model::Permission::own_profile>& access);

struct NewSession {
  UserId user;
  /// None for an account with a second factor, whose login goes on with an MFA token. The following are then
  /// those of that token.
  std::optional<SessionId> id;
  crypto::Sha256 token_hash{};
  std::chrono::seconds ttl{};
};

/// The account that logs in, and its second factors if the login awaits one.
struct Begun {
  model::User user;
  model::SecondFactors factors;
};

/// Why a login was refused; only for the audit log.
enum class LoginFailure { unknown_account, no_password, wrong_password, account_inactive, account_locked };

/// Whether the failure that was counted locked the name or the account.
enum class NameState { open, locked_now };

/// Counts and records a failed password check, for `action`. 423 account_locked when the name has been locked
/// in the meantime; the failure is then not counted. `lock_record` is the id of the audit record of a new
/// lock.
[[nodiscard]] Result<NameState> count_failed_login(db::Connection& database, model::AuditAction action,
                                                   const LockSubject& subject,
                                                   const std::optional<UserId>& user, LoginFailure failure,
                                                   const AuditId& lock_record,
                                                   const model::AuditStamp& stamp);

/// Starts the session, or a login that awaits a second factor, and resets the failures if the user is still
/// active, `password_hash` is still current and neither the name nor the account is locked. Returns nothing
/// when the account has changed in the meantime. 423 account_locked if the name is locked, 401
/// invalid_credentials if only the account is.
[[nodiscard]] Result<std::optional<Begun>> insert_session(db::Connection& database, const NewSession& session,
                                                          const LockSubject& subject,
                                                          std::string_view password_hash,
                                                          const model::AuditStamp& stamp);

/// Replaces `old_hash`, if it is still current, by a hash with the configured cost.
void rehash_password(db::Connection& database, const UserId& user, std::string_view old_hash,
                     const std::string& new_hash);

/// A login with a code that was sent to an address.
struct CodeLogin {
  CodeAttempt attempt;
  std::string email;   ///< as the code was sent to it
  NewSession session;  ///< its user is the id of the existing or new account
  const SealedMail&
      first_verification;  ///< sent if the account had a password before its address was verified
  enum class Account { there, to_be_created } account;
  AuditId unlock_record;                ///< the id of the audit record of removed locks
  AuditId account_record;               ///< the id of the audit record of a new account
  std::optional<model::Role> new_role;  ///< of a new account; none if registration is closed
};

/// Verifies the code, and starts a session, or a login that awaits a second factor, of the active account
/// with that address, which is created if necessary and permitted. The address is then verified, and the
/// account's names are unlocked. 401 invalid_otp.
[[nodiscard]] Result<Begun> insert_session(db::Connection& database, const CodeLogin& login,
                                           const model::AuditStamp& stamp);

}  // namespace taskward::store
