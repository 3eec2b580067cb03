#include "taskward/crypto/webauthn.hpp"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>

#include "cbor.hpp"
#include "openssl.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/verification_key.hpp"
#include "taskward/json/value.hpp"

namespace taskward::crypto {
namespace {

// ---------------------------------------------------------------- refusals

struct Refusal {
  const char* reason;
  const char* detail;
};

constexpr Refusal kMalformedClientData{"malformed",
                                       "The client data is not a JSON object of at most 16 KiB."};
constexpr Refusal kWrongType{"wrong_type", "The client data is of another operation."};
constexpr Refusal kWrongChallenge{"wrong_challenge",
                                  "The challenge in the client data is not the one that was issued."};
constexpr Refusal kWrongOrigin{"wrong_origin", "The origin in the client data is not that of this service."};
constexpr Refusal kCrossOrigin{"cross_origin",
                               "The passkey was used in a frame of a page of another origin."};
constexpr Refusal kMalformedAttestation{
    "malformed",
    "The attestation object is not a CBOR map of at most 64 KiB with fmt, attStmt and authData."};
constexpr Refusal kMalformedAuthenticatorData{
    "malformed", "The authenticator data is too short or too long, or its flags do not match its contents."};
constexpr Refusal kWrongRelyingParty{"wrong_rp_id", "The passkey belongs to another domain."};
constexpr Refusal kUserNotPresent{"user_not_present",
                                  "The authenticator did not check that a user is present."};
constexpr Refusal kUserNotVerified{"user_not_verified",
                                   "The authenticator did not verify the user by a PIN or biometrics."};
constexpr Refusal kBackedUpButNotEligible{
    "wrong_backup_state", "The passkey is reported as backed up, but not as eligible for backup."};
constexpr Refusal kUnsupportedKey{
    "unsupported_algorithm",
    "The passkey has no valid public key for ES256, EdDSA (Ed25519) or RS256 (2048 bits)."};
constexpr Refusal kUnsupportedStatement{"unsupported_attestation",
                                        "The format of the attestation statement is unknown."};
constexpr Refusal kBadStatement{"bad_attestation", "The attestation statement does not match its format."};
constexpr Refusal kBadCredentialId{"bad_credential_id", "The credential id has no byte, or more than 1023."};
constexpr Refusal kLongSignature{"malformed", "The signature has more than 1024 bytes."};
constexpr Refusal kBadSignature{"bad_signature", "The signature is not valid."};

Error refused(ErrorCode code, const Refusal& why) { return {code, why.detail, why.reason}; }

// ---------------------------------------------------------------- client data

std::optional<json::Object> parsed_client_data(std::string_view text) {
  if (text.size() > kClientDataMaxBytes) return std::nullopt;
  // As "UTF-8 decode" does, which section 7.1 requires.
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::string copy(text);
  auto parsed = json::parse(copy);
  auto* object = parsed ? parsed->get_if<json::Object>() : nullptr;
  if (object == nullptr) return std::nullopt;
  return std::move(*object);
}

/// A string member; null if it is missing or not a string.
const std::string* text_member(const json::Object& client_data, std::string_view name) {
  const json::Value* value = json::find(client_data, name);
  return value == nullptr ? nullptr : value->get_if<std::string>();
}

bool has(const json::Object& client_data, std::string_view name, std::string_view expected) {
  const std::string* text = text_member(client_data, name);
  return text != nullptr && *text == expected;
}

/// Null if the client data is right.
const Refusal* refusal_of_client_data(std::string_view text, std::string_view type,
                                      std::string_view challenge, const RelyingParty& relying_party) {
  if (challenge.size() < kChallengeMinBytes) throw std::logic_error("a challenge has at least 16 bytes");
  const auto client_data = parsed_client_data(text);
  if (!client_data) return &kMalformedClientData;
  if (!has(*client_data, "type", type)) return &kWrongType;
  if (!has(*client_data, "challenge", base64url(challenge))) return &kWrongChallenge;
  if (!has(*client_data, "origin", relying_party.origin)) return &kWrongOrigin;
  const json::Value* cross_origin = json::find(*client_data, "crossOrigin");
  const bool* is_cross_origin = cross_origin == nullptr ? nullptr : cross_origin->get_if<bool>();
  if (cross_origin != nullptr && (is_cross_origin == nullptr || *is_cross_origin)) return &kCrossOrigin;
  if (json::find(*client_data, "topOrigin") != nullptr) return &kCrossOrigin;
  return nullptr;
}

// ---------------------------------------------------------------- authenticator data

// Section 6.1: SHA-256 of the RP id, flags, sign count (4 bytes).
constexpr std::size_t kFlagsAt = 32;
constexpr std::size_t kFixedBytes = 37;
// Section 6.5.1: AAGUID, length of the credential id (2 bytes).
constexpr std::size_t kIdLengthAt = 16;
constexpr std::size_t kIdAt = 18;

enum Flag : unsigned {
  kUserPresentFlag = 1U << 0U,
  kUserVerifiedFlag = 1U << 2U,
  kBackupEligibleFlag = 1U << 3U,
  kBackedUpFlag = 1U << 4U,
  kCredentialFlag = 1U << 6U,
  kExtensionsFlag = 1U << 7U,
};

unsigned byte_at(std::string_view bytes, std::size_t position) {
  return static_cast<unsigned char>(bytes[position]);
}

bool has(std::string_view authenticator_data, Flag flag) {
  return (byte_at(authenticator_data, kFlagsAt) & flag) != 0;
}

bool skip_cbor(std::string_view& bytes) {
  const auto size = cbor_size(bytes);
  if (size) bytes.remove_prefix(*size);
  return size.has_value();
}

/// Whether the data consists of the parts that its flags announce. libfido2 ignores what follows them.
bool is_complete(std::string_view authenticator_data) {
  if (authenticator_data.size() < kFixedBytes) return false;
  std::string_view rest = authenticator_data.substr(kFixedBytes);
  if (has(authenticator_data, kCredentialFlag)) {
    if (rest.size() < kIdAt) return false;
    const std::size_t id_size = byte_at(rest, kIdLengthAt) * 256 + byte_at(rest, kIdLengthAt + 1);
    if (rest.size() - kIdAt < id_size) return false;
    rest.remove_prefix(kIdAt + id_size);
    if (!skip_cbor(rest)) return false;  // the public key
  }
  if (has(authenticator_data, kExtensionsFlag) && !skip_cbor(rest)) return false;
  return rest.empty();
}

/// Null if the fixed part of complete authenticator data is right.
const Refusal* refusal_of_authenticator_data(std::string_view authenticator_data,
                                             const RelyingParty& relying_party,
                                             UserVerification verification) {
  if (authenticator_data.substr(0, kFlagsAt) != view(sha256(relying_party.id))) return &kWrongRelyingParty;
  if (!has(authenticator_data, kUserPresentFlag)) return &kUserNotPresent;
  if (verification == UserVerification::required && !has(authenticator_data, kUserVerifiedFlag))
    return &kUserNotVerified;
  if (has(authenticator_data, kBackedUpFlag) && !has(authenticator_data, kBackupEligibleFlag))
    return &kBackedUpButNotEligible;
  return nullptr;
}

/// What is signed.
std::string signed_input(std::string_view authenticator_data, std::string_view client_data_json) {
  std::string input(authenticator_data);
  input += view(sha256(client_data_json));
  return input;
}

// ---------------------------------------------------------------- libfido2

using Credential = std::unique_ptr<fido_cred_t, ReleasesByAddress<fido_cred_free>>;
using Assertion = std::unique_ptr<fido_assert_t, ReleasesByAddress<fido_assert_free>>;

template <class T>
T* allocated(T* handle) {
  if (handle == nullptr) throw std::bad_alloc();
  return handle;
}

/// libfido2 requires this in every thread. It only reads an environment variable; devices are not opened.
void initialise_fido() { fido_init(0); }

/// Null if the public key is not a key of the algorithm, or what follows it is not a map of extensions.
Credential read_credential(std::string_view authenticator_data, CoseAlgorithm algorithm) {
  initialise_fido();
  Credential credential(allocated(fido_cred_new()));
  if (fido_cred_set_type(credential.get(), static_cast<int>(algorithm)) != FIDO_OK ||
      fido_cred_set_authdata_raw(credential.get(), bytes_of(authenticator_data), authenticator_data.size()) !=
          FIDO_OK)
    return nullptr;
  return credential;
}

/// Null if there is something else than a map of extensions.
Assertion read_assertion(std::string_view authenticator_data) {
  initialise_fido();
  Assertion assertion(allocated(fido_assert_new()));
  if (fido_assert_set_count(assertion.get(), 1) != FIDO_OK ||
      fido_assert_set_authdata_raw(assertion.get(), 0, bytes_of(authenticator_data),
                                   authenticator_data.size()) != FIDO_OK)
    return nullptr;
  return assertion;
}

/// Null if the bytes, in the form of libfido2, are not a valid key.
template <auto New, auto Free, auto Read, auto Convert>
Pkey converted_key(std::string_view bytes) {
  const auto key =
      std::unique_ptr<std::remove_pointer_t<decltype(New())>, ReleasesByAddress<Free>>(allocated(New()));
  return Pkey(Read(key.get(), bytes.data(), bytes.size()) == FIDO_OK ? Convert(key.get()) : nullptr);
}

Pkey public_key_of(CoseAlgorithm algorithm, std::string_view bytes) {
  switch (algorithm) {
    case CoseAlgorithm::ES256:
      return converted_key<es256_pk_new, es256_pk_free, es256_pk_from_ptr, es256_pk_to_EVP_PKEY>(bytes);
    case CoseAlgorithm::RS256:
      return converted_key<rs256_pk_new, rs256_pk_free, rs256_pk_from_ptr, rs256_pk_to_EVP_PKEY>(bytes);
    case CoseAlgorithm::EdDSA:
      // A coordinate that is missing in the COSE key remains zero in libfido2, which is a point of order 4:
      // anyone could sign for it. Such keys of the other algorithms are invalid.
      if (bytes.find_first_not_of('\0') == std::string_view::npos) return nullptr;
      return converted_key<eddsa_pk_new, eddsa_pk_free, eddsa_pk_from_ptr, eddsa_pk_to_EVP_PKEY>(bytes);
  }
  return nullptr;
}

std::optional<JwsAlgorithm> jws_algorithm(CoseAlgorithm algorithm) {
  switch (algorithm) {
    case CoseAlgorithm::ES256:
      return JwsAlgorithm::ES256;
    case CoseAlgorithm::EdDSA:
      return JwsAlgorithm::EdDSA;
    case CoseAlgorithm::RS256:
      return JwsAlgorithm::RS256;
  }
  return std::nullopt;
}

std::optional<VerificationKey> verification_key(CoseAlgorithm algorithm, std::string_view der) {
  const auto jws = jws_algorithm(algorithm);
  return jws ? VerificationKey::from_spki(*jws, der) : std::nullopt;
}

struct SupportedCredential {
  CoseAlgorithm algorithm;
  Credential credential;
  VerificationKey key;
};

/// Of the supported algorithm that the public key is for.
std::optional<SupportedCredential> supported_credential(std::string_view authenticator_data) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    Credential credential = read_credential(authenticator_data, algorithm);
    if (credential == nullptr) continue;
    const Pkey pkey = public_key_of(
        algorithm, view_of(fido_cred_pubkey_ptr(credential.get()), fido_cred_pubkey_len(credential.get())));
    ERR_clear_error();
    if (pkey == nullptr) return std::nullopt;
    auto key = verification_key(algorithm, der_of_public(pkey.get()));
    if (!key) return std::nullopt;
    return SupportedCredential{algorithm, std::move(credential), std::move(*key)};
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- attestation

/// Formats whose statements have certificates or refer to some (IANA registry "WebAuthn Attestation Statement
/// Format Identifiers"), apart from `packed`, which may have them.
constexpr std::array<std::string_view, 6> kCertifiedFormats{"tpm",      "android-key", "android-safetynet",
                                                            "fido-u2f", "apple",       "compound"};

/// Null if the statement is acceptable; see the header.
const Refusal* refusal_of_statement(std::string_view format, const cbor_item_t* statement,
                                    const SupportedCredential& read, std::string_view input) {
  if (format == "none")
    return cbor_isa_map(statement) && cbor_map_size(statement) == 0 ? nullptr : &kBadStatement;
  if (std::find(kCertifiedFormats.begin(), kCertifiedFormats.end(), format) != kCertifiedFormats.end())
    return nullptr;
  if (format != "packed") return &kUnsupportedStatement;
  if (cbor_member(statement, "x5c") != nullptr) return nullptr;
  // Self attestation (section 8.2).
  const cbor_item_t* algorithm = cbor_member(statement, "alg");
  const auto signature = cbor_bytes(cbor_member(statement, "sig"));
  if (algorithm == nullptr || !cbor_isa_negint(algorithm) || !signature) return &kBadStatement;
  // CBOR encodes a negative number n as -1 - n.
  if (cbor_get_int(algorithm) != static_cast<std::uint64_t>(-1 - static_cast<std::int64_t>(read.algorithm)))
    return &kBadStatement;
  return read.key.verify_der(input, *signature) ? nullptr : &kBadSignature;
}

}  // namespace

Result<NewPasskey> verify_registration(const RelyingParty& relying_party, std::string_view challenge,
                                       std::string_view client_data_json, std::string_view attestation_object,
                                       UserVerification verification) {
  const auto refuse = [](const Refusal& why) {
    return refused(ErrorCode::invalid_passkey_registration, why);
  };
  if (const auto* why = refusal_of_client_data(client_data_json, "webauthn.create", challenge, relying_party))
    return refuse(*why);

  if (attestation_object.size() > kAttestationObjectMaxBytes) return refuse(kMalformedAttestation);
  const CborItem object = read_cbor(attestation_object);
  const auto format = cbor_text(cbor_member(object.get(), "fmt"));
  const cbor_item_t* statement = cbor_member(object.get(), "attStmt");
  const auto authenticator_data = cbor_bytes(cbor_member(object.get(), "authData"));
  if (!format || statement == nullptr || !authenticator_data) return refuse(kMalformedAttestation);
  if (!is_complete(*authenticator_data) || !has(*authenticator_data, kCredentialFlag))
    return refuse(kMalformedAuthenticatorData);
  if (const auto* why = refusal_of_authenticator_data(*authenticator_data, relying_party, verification))
    return refuse(*why);

  const auto read = supported_credential(*authenticator_data);
  if (!read) return refuse(kUnsupportedKey);
  if (const auto* why = refusal_of_statement(*format, statement, *read,
                                             signed_input(*authenticator_data, client_data_json)))
    return refuse(*why);

  const fido_cred_t* credential = read->credential.get();
  const auto id = view_of(fido_cred_id_ptr(credential), fido_cred_id_len(credential));
  if (id.empty() || id.size() > kCredentialIdMaxBytes) return refuse(kBadCredentialId);
  NewPasskey passkey;
  passkey.credential_id = id;
  passkey.public_key = read->key.public_der();
  passkey.algorithm = read->algorithm;
  passkey.sign_count = fido_cred_sigcount(credential);
  std::copy_n(fido_cred_aaguid_ptr(credential), passkey.aaguid.size(), passkey.aaguid.begin());
  passkey.user_verified = has(*authenticator_data, kUserVerifiedFlag);
  passkey.backup_eligible = has(*authenticator_data, kBackupEligibleFlag);
  passkey.backed_up = has(*authenticator_data, kBackedUpFlag);
  return passkey;
}

Result<AssertedPasskey> verify_assertion(const RelyingParty& relying_party, std::string_view challenge,
                                         const StoredPasskey& passkey, const PasskeyAssertion& response,
                                         UserVerification verification) {
  const auto refuse = [](const Refusal& why) { return refused(ErrorCode::invalid_passkey, why); };
  if (const auto* why =
          refusal_of_client_data(response.client_data_json, "webauthn.get", challenge, relying_party))
    return refuse(*why);

  const std::string_view authenticator_data = response.authenticator_data;
  // An assertion has no credential data (section 6.1).
  if (authenticator_data.size() > kAuthenticatorDataMaxBytes || !is_complete(authenticator_data) ||
      has(authenticator_data, kCredentialFlag))
    return refuse(kMalformedAuthenticatorData);
  if (response.signature.size() > kPasskeySignatureMaxBytes) return refuse(kLongSignature);
  const Assertion assertion = read_assertion(authenticator_data);
  if (assertion == nullptr) return refuse(kMalformedAuthenticatorData);
  if (const auto* why = refusal_of_authenticator_data(authenticator_data, relying_party, verification))
    return refuse(*why);

  // Not by fido_assert_verify(), which refuses outputs of extensions that were not requested, and Ed25519
  // signatures over more than 1024 bytes.
  const auto key = verification_key(passkey.algorithm, passkey.public_key);
  if (!key) return refuse(kUnsupportedKey);
  if (!key->verify_der(signed_input(authenticator_data, response.client_data_json), response.signature))
    return refuse(kBadSignature);
  return AssertedPasskey{fido_assert_sigcount(assertion.get(), 0), has(authenticator_data, kUserVerifiedFlag),
                         has(authenticator_data, kBackupEligibleFlag),
                         has(authenticator_data, kBackedUpFlag)};
}

std::optional<std::string> challenge_of(std::string_view client_data_json) {
  const auto client_data = parsed_client_data(client_data_json);
  const std::string* text = client_data ? text_member(*client_data, "challenge") : nullptr;
  return text == nullptr ? std::nullopt : from_base64url(*text);
}

}  // namespace taskward::crypto
