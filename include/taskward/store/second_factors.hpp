// Second factors: TOTP secrets and recovery codes, enrolling and removing them, and completing a login or
// renewing a session with one or with a passkey (store/passkeys).
//
// Of concurrent uses of one code, one succeeds: a step of TOTP is accepted by an UPDATE that requires a later
// step than the last; a recovery code, and the challenge of a passkey, is used by deleting it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/authentication.hpp"
#include "taskward/model/passkey.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/actor.hpp"
#include "taskward/store/logins.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

using OwnProfile = model::SessionAccess<model::Permission::own_profile>;

// ---------------------------------------------------------------- what an account has

/// What is needed to check a code of the account.
struct FactorRecord {
  model::User user;
  std::optional<std::string> sealed_totp;          ///< of confirmed TOTP
  std::optional<std::chrono::seconds> locked_for;  ///< TOTP
  model::SecondFactors factors;
};

/// The account of a login that awaits the second factor. 401 invalid_mfa_token.
[[nodiscard]] Result<FactorRecord> find_factors(db::Connection& database, const crypto::Sha256& mfa_token);

/// The caller's. 401 invalid_token.
[[nodiscard]] Result<FactorRecord> find_factors(db::Connection& database, const OwnProfile& access);

/// The factors, as shown to their owner.
struct FactorState {
  bool has_totp = false;
  std::int64_t passkeys = 0;
  std::int64_t recovery_codes = 0;
};

struct OwnAccount : model::User {
  FactorState factors;
};

/// 401 invalid_token.
[[nodiscard]] Result<OwnAccount> find_own_account(
    db::Connection& database, const model::Access<model::Permission::own_profile>& access);

// ---------------------------------------------------------------- using a factor

struct TotpUse {
  std::int64_t step = 0;
};
struct RecoveryCodeUse {
  std::vector<std::string> hashes;  ///< the stored code has one of these
  SealedMail notice;                ///< to the owner
};
/// What a challenge for a browser is for.
enum class ChallengePurpose : std::uint8_t { registration, login, mfa, reauthentication };
/// A passkey whose assertion was verified for the challenge.
struct PasskeyUse {
  model::PasskeyId passkey;
  UserId owner;
  crypto::Sha256 challenge{};
  std::int64_t sign_count = 0;
  bool is_backup_eligible = false;
  bool is_backed_up = false;
};
using FactorUse = std::variant<TotpUse, RecoveryCodeUse, PasskeyUse>;

/// Uses the factor and starts the session of the login. 401 invalid_mfa_code if the code has been used, or
/// the factor was locked, removed, or the login ended in the meantime; invalid_passkey if a passkey was
/// removed, its challenge used, or its counter went back, which is recorded.
[[nodiscard]] Result<model::LiveSession> complete_login(db::Connection& database,
                                                        const crypto::Sha256& mfa_token, const FactorUse& use,
                                                        const NewSession& session,
                                                        const model::AuditStamp& stamp);

/// Uses the factor and renews the authentication of the caller's session. 401 invalid_token, or
/// invalid_mfa_code or invalid_passkey as above.
[[nodiscard]] Result<model::LiveSession> reauthenticate(db::Connection& database, const OwnProfile& access,
                                                        const FactorUse& use, const model::AuditStamp& stamp);

/// The same with a first factor, for an account without a second one. `password_hash` is what was checked.
/// 403 reauthentication_required if the account has a second factor.
[[nodiscard]] Result<model::LiveSession> reauthenticate(db::Connection& database, const OwnProfile& access,
                                                        const std::string& password_hash,
                                                        const model::AuditStamp& stamp);
/// With a code that was sent to the account's address. 401 invalid_otp.
[[nodiscard]] Result<model::LiveSession> reauthenticate(db::Connection& database, const OwnProfile& access,
                                                        const CodeAttempt& attempt,
                                                        const model::AuditStamp& stamp);

/// Which factor failed, for the record.
enum class FactorFailure : std::uint8_t { wrong_totp, wrong_recovery_code, wrong_passkey, totp_locked };

/// Counts and records a failure in a login; wrong_totp also counts towards the lock of TOTP. Returns whether
/// it locked it.
[[nodiscard]] bool count_failed_factor(db::Connection& database, const crypto::Sha256& mfa_token,
                                       const UserId& user, FactorFailure failure,
                                       const model::AuditStamp& stamp);
/// The same in the caller's session.
[[nodiscard]] bool count_failed_factor(db::Connection& database, const OwnProfile& access,
                                       FactorFailure failure, const model::AuditStamp& stamp);

// ---------------------------------------------------------------- managing factors

/// Stores a secret that is to be confirmed by the caller's session, in place of one that was not confirmed.
/// 409 totp_enabled.
[[nodiscard]] Result<Done> begin_totp(db::Connection& database, const OwnProfile& access,
                                      const std::string& sealed_secret, const model::AuditStamp& stamp);

/// The secret that awaits the confirmation by the caller's session. 404 not_found.
[[nodiscard]] Result<std::string> find_pending_totp(db::Connection& database, const OwnProfile& access);

/// Confirms the secret. If it is the account's first factor, stores the recovery codes. The session then has
/// both factors. 404 not_found if `sealed_secret` is not that which awaits the confirmation any more.
struct ConfirmedTotp {
  model::LiveSession session;
  bool has_new_codes = false;
};
[[nodiscard]] Result<ConfirmedTotp> confirm_totp(db::Connection& database, const OwnProfile& access,
                                                 const std::string& sealed_secret, std::int64_t step,
                                                 const std::vector<std::string>& code_hashes,
                                                 const SealedMail& notice, const model::AuditStamp& stamp);

/// Removes TOTP, and the recovery codes with the last factor. 404 not_found.
[[nodiscard]] Result<Done> remove_totp(db::Connection& database, const OwnProfile& access,
                                       const SealedMail& notice, const model::AuditStamp& stamp);

/// Replaces the recovery codes. 404 not_found for an account without a second factor.
[[nodiscard]] Result<Done> replace_recovery_codes(db::Connection& database, const OwnProfile& access,
                                                  const std::vector<std::string>& code_hashes,
                                                  const model::AuditStamp& stamp);

/// Removes all second factors of an account and ends its sessions. 404 not_found.
[[nodiscard]] Result<Done> reset_factors(db::Connection& database, const Actor& actor, const UserId& user,
                                         const SealedMail& notice, const model::AuditStamp& stamp);

}  // namespace taskward::store
