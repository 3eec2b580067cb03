// Second factors of the caller's account: TOTP and recovery codes, and checking them. For passkeys see
// domain/passkeys.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/crypto/webauthn.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/authentication.hpp"
#include "taskward/store/second_factors.hpp"

namespace taskward::domain {

using store::OwnProfile;

/// A new secret, to be confirmed with a code in the same session.
struct TotpEnrollment {
  Secret secret;       ///< base32
  Secret otpauth_uri;  ///< for authenticator apps
  Secret qr_svg;       ///< the same as a QR code
  std::chrono::seconds expires_in{};
};

/// 409 totp_enabled. Requires the assurance `enrollment`.
[[nodiscard]] Result<TotpEnrollment> enroll_totp(const Resources& resources, const OwnProfile& access,
                                                 const model::Origin& origin);

/// What the owner gets after a new factor.
struct NewFactor {
  std::vector<Secret> recovery_codes;  ///< only with the account's first factor
  Secret access_token;                 ///< of the same session, which now has both factors
  std::chrono::seconds expires_in{};
};

/// Enables the secret if the code is right. 401 invalid_mfa_code; 404 not_found if no secret awaits a code;
/// 429 too_many_requests.
[[nodiscard]] Result<NewFactor> confirm_totp(const Resources& resources, const OwnProfile& access,
                                             const Secret& code, const model::Origin& origin);

/// 404 not_found. Requires the assurance `recent`.
[[nodiscard]] Result<Done> disable_totp(const Resources& resources, const OwnProfile& access,
                                        const model::Origin& origin);

/// Replaces all recovery codes. 404 not_found without a second factor. Requires the assurance `recent`.
[[nodiscard]] Result<std::vector<Secret>> renew_recovery_codes(const Resources& resources,
                                                               const OwnProfile& access,
                                                               const model::Origin& origin);

/// Removes all second factors of an account, ends its sessions, and notifies the owner. 404 not_found.
[[nodiscard]] Result<Done> reset_factors(const Resources& resources, const store::Actor& actor,
                                         const UserId& user, const model::Origin& origin);

// ---------------------------------------------------------------- checking a factor

/// What a browser sent after using a passkey. Binary values are raw bytes.
struct GivenPasskey {
  std::string credential_id;
  crypto::PasskeyAssertion assertion;
  std::optional<std::string> user_handle;
};

/// A second factor that a client sent: one of them.
struct GivenFactor {
  std::optional<Secret> totp;
  std::optional<Secret> recovery_code;
  std::optional<GivenPasskey> passkey{};
};

/// The use of the factor, if it is right. Otherwise which failure is to be counted, and the error for the
/// client: 401 invalid_mfa_code or invalid_passkey, or 423 totp_locked. `purpose` is that of the challenge of
/// a passkey.
struct RefusedFactor {
  store::FactorFailure failure;
  Error error;
};
[[nodiscard]] std::variant<store::FactorUse, RefusedFactor> check_factor(const Resources& resources,
                                                                         const store::FactorRecord& record,
                                                                         const GivenFactor& given,
                                                                         store::ChallengePurpose purpose);

}  // namespace taskward::domain
