// Login with a password, with a code sent by e-mail or with a passkey, completing it with a second factor,
// and authenticating a caller again.
#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "taskward/base/result.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/domain/second_factors.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"

namespace taskward::domain {

/// The first factor was accepted, and the account has a second one.
struct SecondFactorRequired {
  Secret mfa_token;  ///< for complete_login()
  model::SecondFactors factors;
  std::chrono::seconds expires_in{};
};
using LoginOutcome = std::variant<model::TokenPair, SecondFactorRequired>;

/// 401 invalid_credentials, with the same work for an unknown account, a wrong password, an account without a
/// password, an inactive account, and a right password of an account that was locked by failures with its
/// other name or in a session. 423 account_locked, also for names without an account; 429
/// too_many_requests; 503 service_unavailable if too many passwords are being hashed. A failure is counted
/// and recorded before it is returned. A password whose hash has an outdated cost is hashed again.
[[nodiscard]] Result<LoginOutcome> log_in(const Resources& resources, const model::AccountName& name,
                                          const Secret& password, const model::Origin& origin);

/// Login with the code sent to the address. Creates the account if there is none, and unlocks an existing
/// one. 401 invalid_otp, 429 too_many_requests.
[[nodiscard]] Result<LoginOutcome> log_in(const Resources& resources, const std::string& email,
                                          const SubmittedCode& code, const model::Origin& origin);

/// Login with a passkey for the challenge of begin_login(), without a name. The passkey is both factors. 401
/// invalid_passkey, also without PUBLIC_URL; 429 too_many_requests. A failure is recorded.
[[nodiscard]] Result<model::TokenPair> log_in(const Resources& resources, const GivenPasskey& passkey,
                                              const model::Origin& origin);

/// Completes a login with the second factor. 401 invalid_mfa_token, invalid_mfa_code or invalid_passkey; 423
/// totp_locked; 429 too_many_requests. After model::kCodeTries failures the MFA token is invalid.
[[nodiscard]] Result<model::TokenPair> complete_login(const Resources& resources, const Secret& mfa_token,
                                                      const GivenFactor& factor, const model::Origin& origin);

/// An access token of the same session after a new authentication.
struct Reauthenticated {
  Secret access_token;
  std::chrono::seconds expires_in{};
};

/// Authenticates the caller again with the password, for an account without a second factor. 401
/// invalid_credentials; 403 reauthentication_required; 423 account_locked; 429 too_many_requests; 503.
[[nodiscard]] Result<Reauthenticated> reauthenticate(
    const Resources& resources, const model::SessionAccess<model::Permission::own_profile>& access,
    const Secret& password, const model::Origin& origin);
/// The same with a code from request_login_code. 401 invalid_otp.
[[nodiscard]] Result<Reauthenticated> reauthenticate(
    const Resources& resources, const model::SessionAccess<model::Permission::own_profile>& access,
    const SubmittedCode& code, const model::Origin& origin);
/// With a second factor. Errors as of complete_login().
[[nodiscard]] Result<Reauthenticated> reauthenticate(
    const Resources& resources, const model::SessionAccess<model::Permission::own_profile>& access,
    const GivenFactor& factor, const model::Origin& origin);

/// A caller who has confirmed the password.
struct ConfirmedCaller {
  model::User user;
  std::string password_hash;  ///< the hash that matched
};

/// Verifies the caller's password before `action`. 401 invalid_token or invalid_credentials (also for an
/// account without a password), 423 account_locked, 429 too_many_requests, 503.
[[nodiscard]] Result<ConfirmedCaller> confirm_password(
    const Resources& resources, const model::SessionAccess<model::Permission::own_profile>& access,
    const Secret& password, model::AuditAction action, const model::Origin& origin);

}  // namespace taskward::domain
