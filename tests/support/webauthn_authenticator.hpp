// A software authenticator with one passkey (WebAuthn, section 6), for the tests of a relying party.
#pragma once

#include <cbor.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/crypto/cbor.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/webauthn.hpp"

namespace taskward::testing {

using crypto::CborItem;
using crypto::CoseAlgorithm;

// ---------------------------------------------------------------- CBOR

/// Between -65536 and 65535, in the shortest form, which canonical CBOR requires.
[[nodiscard]] inline CborItem cbor_of(std::int64_t number) {
  const bool is_negative = number < 0;
  const auto value = static_cast<std::uint16_t>(is_negative ? -1 - number : number);
  const auto byte = static_cast<std::uint8_t>(value);
  if (value == byte) return CborItem(is_negative ? cbor_build_negint8(byte) : cbor_build_uint8(byte));
  return CborItem(is_negative ? cbor_build_negint16(value) : cbor_build_uint16(value));
}
[[nodiscard]] inline CborItem cbor_text_of(std::string_view text) {
  return CborItem(cbor_build_stringn(text.data(), text.size()));
}
[[nodiscard]] inline CborItem cbor_bytes_of(std::string_view bytes) {
  return CborItem(cbor_build_bytestring(reinterpret_cast<cbor_data>(bytes.data()), bytes.size()));
}

[[nodiscard]] inline std::string encoded(const CborItem& item) {
  unsigned char* bytes = nullptr;
  std::size_t capacity = 0;
  const std::size_t size = cbor_serialize_alloc(item.get(), &bytes, &capacity);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owned(bytes, std::free);
  if (size == 0) throw std::runtime_error("libcbor encoded nothing");
  return {reinterpret_cast<const char*>(bytes), size};
}

/// A map whose members are in the order of their addition.
class CborMap {
 public:
  CborMap& add(CborItem key, CborItem value) {
    members_.emplace_back(std::move(key), std::move(value));
    return *this;
  }
  CborMap& add(std::string_view key, CborItem value) { return add(cbor_text_of(key), std::move(value)); }

  [[nodiscard]] CborItem item() const {
    CborItem map(cbor_new_definite_map(members_.size()));
    for (const auto& [key, value] : members_) {
      if (!cbor_map_add(map.get(), {key.get(), value.get()})) throw std::runtime_error("cbor_map_add failed");
    }
    return map;
  }
  [[nodiscard]] std::string bytes() const { return encoded(item()); }

 private:
  std::vector<std::pair<CborItem, CborItem>> members_;
};

// ---------------------------------------------------------------- keys

using TestKey = std::shared_ptr<EVP_PKEY>;

[[nodiscard]] inline TestKey new_key(CoseAlgorithm algorithm, unsigned rsa_bits = 2048) {
  EVP_PKEY* key = nullptr;
  switch (algorithm) {
    case CoseAlgorithm::ES256:
      key = EVP_EC_gen("P-256");
      break;
    case CoseAlgorithm::EdDSA:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
      break;
    case CoseAlgorithm::RS256:
      key = EVP_RSA_gen(rsa_bits);
      break;
  }
  if (key == nullptr) throw std::runtime_error("OpenSSL created no key");
  return {key, EVP_PKEY_free};
}

/// The same key for all tests, because the generation of an RSA key takes long.
[[nodiscard]] inline TestKey shared_key(CoseAlgorithm algorithm) {
  static std::map<CoseAlgorithm, TestKey> keys;
  TestKey& key = keys[algorithm];
  if (key == nullptr) key = new_key(algorithm);
  return key;
}

[[nodiscard]] inline std::string number_of(const TestKey& key, const char* name) {
  BIGNUM* taken = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), name, &taken) != 1) throw std::runtime_error("no such parameter");
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(taken, BN_free);
  const bool is_coordinate = EVP_PKEY_is_a(key.get(), "EC") == 1;
  std::string bytes(static_cast<std::size_t>(is_coordinate ? 32 : BN_num_bytes(taken)), '\0');
  BN_bn2binpad(taken, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  return bytes;
}

[[nodiscard]] inline std::string raw_public_of(const TestKey& key) {
  std::string bytes(32, '\0');
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size) != 1)
    throw std::runtime_error("no raw public key");
  return bytes;
}

/// SubjectPublicKeyInfo DER.
[[nodiscard]] inline std::string spki_of(const TestKey& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) throw std::runtime_error("OpenSSL wrote no key");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

[[nodiscard]] inline std::string signature_by(const TestKey& key, std::string_view input) {
  const bool is_ed25519 = EVP_PKEY_is_a(key.get(), "ED25519") == 1;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, is_ed25519 ? nullptr : EVP_sha256(), nullptr, key.get()) !=
          1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(input.data()), input.size()) != 1)
    throw std::runtime_error("OpenSSL signed nothing");
  signature.resize(size);
  return signature;
}

/// COSE_Key (RFC 9053, section 7; RFC 8230, section 4).
[[nodiscard]] inline CborMap cose_key_of(const TestKey& key, CoseAlgorithm algorithm) {
  CborMap map;
  switch (algorithm) {
    case CoseAlgorithm::ES256:
      map.add(cbor_of(1), cbor_of(2))
          .add(cbor_of(3), cbor_of(-7))
          .add(cbor_of(-1), cbor_of(1))
          .add(cbor_of(-2), cbor_bytes_of(number_of(key, OSSL_PKEY_PARAM_EC_PUB_X)))
          .add(cbor_of(-3), cbor_bytes_of(number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y)));
      break;
    case CoseAlgorithm::EdDSA:
      map.add(cbor_of(1), cbor_of(1))
          .add(cbor_of(3), cbor_of(-8))
          .add(cbor_of(-1), cbor_of(6))
          .add(cbor_of(-2), cbor_bytes_of(raw_public_of(key)));
      break;
    case CoseAlgorithm::RS256:
      map.add(cbor_of(1), cbor_of(3))
          .add(cbor_of(3), cbor_of(-257))
          .add(cbor_of(-1), cbor_bytes_of(number_of(key, OSSL_PKEY_PARAM_RSA_N)))
          .add(cbor_of(-2), cbor_bytes_of(number_of(key, OSSL_PKEY_PARAM_RSA_E)));
      break;
  }
  return map;
}

// ---------------------------------------------------------------- the authenticator

inline constexpr unsigned kUserPresent = 0x01;
inline constexpr unsigned kUserVerified = 0x04;
inline constexpr unsigned kBackupEligible = 0x08;
inline constexpr unsigned kBackedUp = 0x10;
inline constexpr unsigned kHasCredential = 0x40;
inline constexpr unsigned kHasExtensions = 0x80;

/// Members are what it reports; tests change them.
struct Authenticator {
  explicit Authenticator(CoseAlgorithm used = CoseAlgorithm::ES256)
      : algorithm(used), key(shared_key(used)), cose_key(cose_key_of(key, used).bytes()) {}

  CoseAlgorithm algorithm;
  TestKey key;
  std::string cose_key;
  std::string rp_id = "example.org";
  unsigned flags = kUserPresent | kUserVerified;
  std::uint32_t sign_count = 0x01020304;
  std::string aaguid = "an AAGUID for us";
  std::string credential_id = "a credential id for the tests...";
  std::string extensions;  ///< encoded; also sets the flag
  std::string trailer;     ///< follows the authenticator data

  [[nodiscard]] crypto::StoredPasskey stored() const { return {spki_of(key), algorithm}; }

  /// The authenticator data of an assertion.
  [[nodiscard]] std::string assertion_data() const { return data(flags, {}); }

  /// The authenticator data of a registration.
  [[nodiscard]] std::string registration_data() const {
    const auto size = static_cast<std::uint16_t>(credential_id.size());
    const std::string credential =
        aaguid + static_cast<char>(size >> 8U) + static_cast<char>(size & 255U) + credential_id + cose_key;
    return data(flags | kHasCredential, credential);
  }

  [[nodiscard]] std::string signature(const std::string& authenticator_data,
                                      const std::string& client_data) const {
    return signature_by(key, authenticator_data + std::string(crypto::view(crypto::sha256(client_data))));
  }

  [[nodiscard]] crypto::PasskeyAssertion assertion(const std::string& client_data) const {
    return {client_data, assertion_data(), signature(assertion_data(), client_data)};
  }

  /// With no attestation.
  [[nodiscard]] std::string attestation_object() const { return attestation_object("none", CborMap()); }

  [[nodiscard]] std::string attestation_object(std::string_view format, const CborMap& statement) const {
    return CborMap()
        .add("fmt", cbor_text_of(format))
        .add("attStmt", statement.item())
        .add("authData", cbor_bytes_of(registration_data()))
        .bytes();
  }

  /// With a packed self attestation.
  [[nodiscard]] std::string self_attestation(const std::string& client_data) const {
    CborMap statement;
    statement.add("alg", cbor_of(static_cast<std::int64_t>(algorithm)))
        .add("sig", cbor_bytes_of(signature(registration_data(), client_data)));
    return attestation_object("packed", statement);
  }

 private:
  [[nodiscard]] std::string data(unsigned all_flags, std::string_view credential) const {
    if (!extensions.empty()) all_flags |= kHasExtensions;
    std::string out(crypto::view(crypto::sha256(rp_id)));
    out += static_cast<char>(all_flags);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>((sign_count >> shift) & 255U);
    out += credential;
    return out + extensions + trailer;
  }
};

// ---------------------------------------------------------------- the relying party

/// A service at https://tasks.example.org, and what its browsers send.
struct PasskeyFixture {
  const crypto::RelyingParty relying_party{"example.org", "https://tasks.example.org"};
  const std::string challenge = "thirty-two random bytes, perhaps";

  /// `more` is appended to the members.
  [[nodiscard]] std::string client_data(std::string_view type,
                                        std::string_view more = R"(,"crossOrigin":false)") const {
    return R"({"type":")" + std::string(type) + R"(","challenge":")" + crypto::base64url(challenge) +
           R"(","origin":")" + relying_party.origin + '"' + std::string(more) + '}';
  }
  const std::string creation = client_data("webauthn.create");
  const std::string request = client_data("webauthn.get");

  [[nodiscard]] Result<crypto::NewPasskey> registered(
      std::string_view client_data_json, std::string_view attestation_object,
      crypto::UserVerification verification = crypto::UserVerification::preferred) const {
    return crypto::verify_registration(relying_party, challenge, client_data_json, attestation_object,
                                       verification);
  }
  [[nodiscard]] Result<crypto::AssertedPasskey> asserted(
      const crypto::StoredPasskey& passkey, const crypto::PasskeyAssertion& response,
      crypto::UserVerification verification = crypto::UserVerification::preferred) const {
    return crypto::verify_assertion(relying_party, challenge, passkey, response, verification);
  }

  /// "ok", or the reason.
  [[nodiscard]] std::string registration(
      std::string_view attestation_object,
      crypto::UserVerification verification = crypto::UserVerification::preferred) const {
    return reason(registered(creation, attestation_object, verification));
  }
  [[nodiscard]] std::string registration(const Authenticator& authenticator) const {
    return registration(authenticator.attestation_object());
  }
  [[nodiscard]] std::string login(
      const Authenticator& authenticator,
      crypto::UserVerification verification = crypto::UserVerification::preferred) const {
    return reason(asserted(authenticator.stored(), authenticator.assertion(request), verification));
  }

  [[nodiscard]] static std::string reason(const Result<crypto::NewPasskey>& result) {
    return reason_of(result, ErrorCode::invalid_passkey_registration);
  }
  [[nodiscard]] static std::string reason(const Result<crypto::AssertedPasskey>& result) {
    return reason_of(result, ErrorCode::invalid_passkey);
  }

 private:
  template <class T>
  static std::string reason_of(const Result<T>& result, ErrorCode code) {
    if (result) return "ok";
    const Error& error = result.error();
    // A refusal tells the client what is wrong, and names it for the log.
    if (error.code != code || error.detail.empty() || error.internal.empty()) return "an incomplete error";
    return error.internal;
  }
};

}  // namespace taskward::testing
