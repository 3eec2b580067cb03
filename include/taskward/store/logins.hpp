// Logging in: who has the name, what failed, and the session that begins.
//
// A lock is looked at again in the statement that ends a login, under the lock of its row: of many guesses
// at once only those are answered that came before the fifth failure, right ones included.
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

/// What there is to check a password against, and whether the name is locked.
struct LoginRecord {
  std::optional<model::User> user;
  std::optional<std::string> password_hash;
  std::optional<std::chrono::seconds> locked_for;
};

/// Whoever has that e-mail address or user name, in any case. `unknown` is whose failures count when
/// nobody has it.
[[nodiscard]] LoginRecord find_login(db::Connection& database, const model::AccountName& name,
                                     std::string_view unknown);

/// The caller, who must show their password again. 401 invalid_token when the session has ended.
[[nodiscard]] Result<LoginRecord> find_own_login(db::Connection& database,
                                                 const model::Access<model::Permission::own_profile>& access);

struct NewSession {
  UserId user;
  SessionId id;
  crypto::Sha256 token_hash{};
  std::chrono::seconds ttl{};
};

/// Why a login was refused, for the record only.
enum class LoginFailure { unknown_account, no_password, wrong_password, account_inactive };

/// How a name stands after a failure was counted.
enum class NameState { open, locked_now };

/// Counts and records a failure to show a password, for `action`. 423 account_locked when the name was
/// locked meanwhile; then it is not counted. `lock_record` is the id of the record of a new lock.
[[nodiscard]] Result<NameState> count_failed_login(db::Connection& database, model::AuditAction action,
                                                   const LockSubject& subject,
                                                   const std::optional<UserId>& user, LoginFailure failure,
                                                   const AuditId& lock_record,
                                                   const model::AuditStamp& stamp);

/// Starts the session if the user is still active, `password_hash` is still theirs and the name is not
/// locked, and forgets the failures; gives the user as they are now. 423 account_locked, or nothing when
/// the account has changed meanwhile.
[[nodiscard]] Result<std::optional<model::User>> insert_session(db::Connection& database,
                                                                const NewSession& session,
                                                                const LockSubject& subject,
                                                                std::string_view password_hash,
                                                                const model::AuditStamp& stamp);

/// Puts a hash of the cost now wanted in the place of `old_hash`, if that is still there.
void rehash_password(db::Connection& database, const UserId& user, std::string_view old_hash,
                     const std::string& new_hash);

/// A login by a code that went to an address.
struct CodeLogin {
  CodeTry attempt;
  std::string email;
  NewSession session;             ///< its user is the id of the account that is made if there is none
  const SealedMail& first_proof;  ///< for an account that had a password before its address was proved
  enum class Account { there, to_be_made } account;
  AuditId unlock_record;                ///< the id of the record of a lock that is lifted
  AuditId account_record;               ///< the id of the record of an account made
  std::optional<model::Role> new_role;  ///< of an account that is made; none when none may be
};

/// Tries the code, and if it is right starts the session of the active account with that address, which
/// is made if there is none and may be; its address is proved from now on and its names are unlocked. 401
/// invalid_otp.
[[nodiscard]] Result<model::User> insert_session(db::Connection& database, const CodeLogin& login,
                                                 const model::AuditStamp& stamp);

}  // namespace taskward::store
