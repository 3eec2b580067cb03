// Passkeys: challenges for browsers, registering and removing passkeys, and logging in with one. Using one as
// a second factor is in store/second_factors.
//
// A challenge is stored as its SHA-256 and deleted by the statement that uses it, so of concurrent uses one
// succeeds. It is bound to its purpose, and to the session or the login that asked for it; that of a login
// without a name is known only to the browser that asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/webauthn.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/passkey.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/logins.hpp"
#include "taskward/store/second_factors.hpp"

namespace taskward::store {

// ---------------------------------------------------------------- challenges

/// What a browser needs to know of a passkey of the account.
struct CredentialDescriptor {
  std::string credential_id;
  std::vector<std::string> transports;
};

/// An account whose browser gets a challenge, and its passkeys.
struct ChallengedAccount {
  model::User user;
  std::vector<CredentialDescriptor> credentials;
};

/// Stores a challenge for a registration in the caller's session. 401 invalid_token.
[[nodiscard]] Result<ChallengedAccount> begin_registration(db::Connection& database, const OwnProfile& access,
                                                           const crypto::Sha256& challenge);
/// For a new authentication of the caller's session. 401 invalid_token.
[[nodiscard]] Result<ChallengedAccount> begin_reauthentication(db::Connection& database,
                                                               const OwnProfile& access,
                                                               const crypto::Sha256& challenge);
/// For a login that awaits the second factor. 401 invalid_mfa_token.
[[nodiscard]] Result<ChallengedAccount> begin_second_factor(db::Connection& database,
                                                            const crypto::Sha256& mfa_token,
                                                            const crypto::Sha256& challenge);
/// For a login without a name.
void begin_login(db::Connection& database, const crypto::Sha256& challenge);

// ---------------------------------------------------------------- using a passkey

/// What is needed to verify an assertion.
struct PasskeyRecord {
  UserId user;
  model::PasskeyId id;
  crypto::StoredPasskey key;
  bool is_backup_eligible = false;
  bool is_challenge_live = false;  ///< for the purpose; whose it is is checked when it is used
};

/// Nothing if no account has a passkey with that credential id.
[[nodiscard]] std::optional<PasskeyRecord> find_passkey(db::Connection& database,
                                                        const std::string& credential_id,
                                                        const crypto::Sha256& challenge,
                                                        ChallengePurpose purpose);

/// Uses the passkey and starts a session of its owner. 401 invalid_passkey if the challenge has been used or
/// has expired, the passkey was removed, its counter went back (which is recorded), it changed its backup
/// eligibility, or the account is not active.
[[nodiscard]] Result<model::LiveSession> log_in_with_passkey(db::Connection& database, const PasskeyUse& use,
                                                             const NewSession& session,
                                                             const model::AuditStamp& stamp);

// ---------------------------------------------------------------- managing passkeys

struct PasskeyToAdd {
  model::PasskeyId id;
  std::string name;
  crypto::NewPasskey passkey;
  std::vector<std::string> transports;
  crypto::Sha256 challenge{};
};

struct AddedPasskey {
  model::Passkey passkey;
  model::LiveSession session;  ///< now with both factors
  bool has_new_codes = false;
};

/// Adds a passkey for a challenge of the caller's session. If it is the account's first second factor, stores
/// the recovery codes. 422 invalid_passkey_registration if the challenge is not live, some account has the
/// credential id, or this one has model::kPasskeysMost passkeys.
[[nodiscard]] Result<AddedPasskey> add_passkey(db::Connection& database, const OwnProfile& access,
                                               const PasskeyToAdd& added,
                                               const std::vector<std::string>& code_hashes,
                                               const SealedMail& notice, const model::AuditStamp& stamp);

/// The caller's, oldest first. 401 invalid_token.
[[nodiscard]] Result<std::vector<model::Passkey>> list_passkeys(db::Connection& database,
                                                                const OwnProfile& access);

/// 404 not_found.
[[nodiscard]] Result<model::Passkey> rename_passkey(db::Connection& database, const OwnProfile& access,
                                                    const model::PasskeyId& id, const std::string& name,
                                                    const model::AuditStamp& stamp);

/// Removes a passkey, and the recovery codes with the last second factor. 404 not_found; 409
/// last_login_method for the last passkey of an account with neither a password nor an address.
[[nodiscard]] Result<Done> remove_passkey(db::Connection& database, const OwnProfile& access,
                                          const model::PasskeyId& id, const SealedMail& notice,
                                          const model::AuditStamp& stamp);

}  // namespace taskward::store
