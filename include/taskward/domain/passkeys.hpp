// Passkeys of accounts: challenges for browsers, registering, checking and deleting passkeys. Logging in with
// one is in domain/log_in.
//
// Every use requires user verification: a passkey is possession and a PIN or biometrics, thus both factors.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/crypto/webauthn.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/domain/second_factors.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/passkey.hpp"
#include "taskward/store/passkeys.hpp"

namespace taskward::domain {

// ---------------------------------------------------------------- challenges

/// What a browser needs to create a passkey. Binary values are raw bytes.
struct PasskeyCreation {
  std::string rp_id;
  std::string challenge;
  UserId user;
  std::string name;          ///< the address or user name
  std::string display_name;  ///< never empty
  std::vector<store::CredentialDescriptor> exclude;
};

/// What a browser needs to use a passkey.
struct PasskeyRequest {
  std::string rp_id;
  std::string challenge;
  std::vector<store::CredentialDescriptor> allow;  ///< empty: any passkey for the relying party
};

// 404 not_found without PUBLIC_URL; 429 too_many_requests.

/// For register_passkey() in the same session. Requires the assurance `enrollment`.
[[nodiscard]] Result<PasskeyCreation> begin_registration(const Resources& resources, const OwnProfile& access,
                                                         const model::Origin& origin);
/// For log_in().
[[nodiscard]] Result<PasskeyRequest> begin_login(const Resources& resources, const model::Origin& origin);
/// For complete_login() with the same MFA token. 401 invalid_mfa_token.
[[nodiscard]] Result<PasskeyRequest> begin_second_factor(const Resources& resources, const Secret& mfa_token,
                                                         const model::Origin& origin);
/// For reauthenticate() in the same session.
[[nodiscard]] Result<PasskeyRequest> begin_reauthentication(const Resources& resources,
                                                            const OwnProfile& access,
                                                            const model::Origin& origin);

// ---------------------------------------------------------------- registering, checking, deleting

/// What a browser sent after creating a passkey. Binary values are raw bytes.
struct GivenRegistration {
  std::string credential_id;
  std::string client_data_json;
  std::string attestation_object;
  std::vector<std::string> transports;
};

struct RegisteredPasskey : NewFactor {
  model::Passkey passkey;
};

/// 422 invalid_passkey_registration; 404 not_found without PUBLIC_URL; 429 too_many_requests.
[[nodiscard]] Result<RegisteredPasskey> register_passkey(const Resources& resources, const OwnProfile& access,
                                                         const std::string& name,
                                                         const GivenRegistration& given,
                                                         const model::Origin& origin);

/// Verifies the assertion and whose passkey it is: that of `owner`, or for a login without a name of anyone.
/// The challenge is used, and the counter compared, by the statement that uses the passkey. 401
/// invalid_passkey.
[[nodiscard]] Result<store::PasskeyUse> check_passkey(const Resources& resources, const GivenPasskey& given,
                                                      store::ChallengePurpose purpose,
                                                      const std::optional<UserId>& owner);

/// 404 not_found; 409 last_login_method. Requires the assurance `recent`.
[[nodiscard]] Result<Done> delete_passkey(const Resources& resources, const OwnProfile& access,
                                          const model::PasskeyId& id, const model::Origin& origin);

}  // namespace taskward::domain
