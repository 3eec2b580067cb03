// Passkeys: the checks of a relying party (WebAuthn Level 3, sections 7.1 and 7.2) that need no database.
//
// A browser creates a passkey, or signs with one, for a challenge of this service. All binary values are raw
// bytes here. The caller:
//   - issues a challenge of at least 16 random bytes, accepts it once and within a few minutes, and knows
//     whose it is;
//   - finds the passkey by the credential id, checks that it belongs to the account that logs in (also the
//     user handle, if there is one), and that no credential id is registered twice;
//   - compares the sign count and the backup eligibility with those it has stored.
//
// Attestation is not used: this service does not judge makes of authenticators. A browser is asked for the
// conveyance `none`, and removes statements, but leaves a self attestation as it is (section 5.1.3). That is
// verified; a statement with certificates is not examined, because it would be accepted without as well.
// None of them makes a passkey more trusted.
//
// Client data is read by the strict parser of `json`. Browsers write it without what that rejects (section
// 5.8.1.1). Members that are not named here are ignored, as the specification requires.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/result.hpp"

namespace taskward::crypto {

/// Longer input is refused without parsing.
inline constexpr std::size_t kClientDataMaxBytes = 16 * 1024;
inline constexpr std::size_t kAttestationObjectMaxBytes = 64 * 1024;
/// Of an assertion, which has 37 bytes and the outputs of extensions.
inline constexpr std::size_t kAuthenticatorDataMaxBytes = 4 * 1024;
inline constexpr std::size_t kPasskeySignatureMaxBytes = 1024;
/// WebAuthn, section 7.1.
inline constexpr std::size_t kCredentialIdMaxBytes = 1023;
/// WebAuthn, section 13.4.3.
inline constexpr std::size_t kChallengeMinBytes = 16;

/// Identifiers of the IANA registry "COSE Algorithms". All authenticators support one of them. EdDSA means
/// Ed25519. RS256, for TPMs, means RSA of 2048 bits, as libfido2 reads it.
enum class CoseAlgorithm : std::int32_t { ES256 = -7, EdDSA = -8, RS256 = -257 };
/// In the order of preference, for pubKeyCredParams.
inline constexpr std::array kCoseAlgorithms{CoseAlgorithm::ES256, CoseAlgorithm::EdDSA, CoseAlgorithm::RS256};

/// Whom a passkey is for.
struct RelyingParty {
  std::string id;      ///< a domain, such as example.org
  std::string origin;  ///< as browsers write it, such as https://tasks.example.org
};

/// Whether the authenticator must have verified the user by a PIN or biometrics.
enum class UserVerification : std::uint8_t { preferred, required };

struct NewPasskey {
  std::string credential_id;  ///< 1 to kCredentialIdMaxBytes bytes
  std::string public_key;     ///< SubjectPublicKeyInfo DER (RFC 5280, section 4.1)
  CoseAlgorithm algorithm = CoseAlgorithm::ES256;
  std::uint32_t sign_count = 0;           ///< 0 if the authenticator does not count
  std::array<std::uint8_t, 16> aaguid{};  ///< the make of the authenticator, or zeros; not proved
  bool user_verified = false;
  bool backup_eligible = false;  ///< can be synchronised between devices; never changes
  bool backed_up = false;        ///< is at present
};

/// 422 invalid_passkey_registration with the reason in one word for the log. Throws std::logic_error for a
/// challenge of less than kChallengeMinBytes.
[[nodiscard]] Result<NewPasskey> verify_registration(const RelyingParty& relying_party,
                                                     std::string_view challenge,
                                                     std::string_view client_data_json,
                                                     std::string_view attestation_object,
                                                     UserVerification verification);

/// From a NewPasskey.
struct StoredPasskey {
  std::string public_key;
  CoseAlgorithm algorithm = CoseAlgorithm::ES256;
};

/// The response of an authenticator to a login.
struct PasskeyAssertion {
  std::string client_data_json;
  std::string authenticator_data;
  std::string signature;
};

/// What the authenticator reports with a login.
struct AssertedPasskey {
  std::uint32_t sign_count = 0;
  bool user_verified = false;
  bool backup_eligible = false;
  bool backed_up = false;
};

/// 401 invalid_passkey with the reason in one word for the log. Throws std::logic_error for a challenge of
/// less than kChallengeMinBytes.
[[nodiscard]] Result<AssertedPasskey> verify_assertion(const RelyingParty& relying_party,
                                                       std::string_view challenge,
                                                       const StoredPasskey& passkey,
                                                       const PasskeyAssertion& assertion,
                                                       UserVerification verification);

/// The bytes of the challenge in client data that is not verified. A login without a name finds the issued
/// challenge by it. Nothing if there is none.
[[nodiscard]] std::optional<std::string> challenge_of(std::string_view client_data_json);

}  // namespace taskward::crypto
