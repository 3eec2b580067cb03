#include "taskward/crypto/signing_key.hpp"

#include <openssl/bn.h>
#include <openssl/x509.h>

#include <stdexcept>
#include <utility>

#include "openssl.hpp"
#include "taskward/crypto/digest.hpp"

namespace taskward::crypto {
namespace {

using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Releases<PKCS8_PRIV_KEY_INFO_free>>;

/// Signed when a key is loaded, to check that private and public key match.
constexpr std::string_view kProbe = "taskward probe of a signing key";

/// Converts a DER signature to the JWS form: r and s, 32 bytes each (RFC 7518, section 3.4).
std::string raw_from_der(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  must(signature != nullptr, "d2i_ECDSA_SIG");
  std::string raw(2UL * kP256Bytes, '\0');
  must(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes_of(raw), kP256Bytes) == kP256Bytes &&
           BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes_of(raw) + kP256Bytes, kP256Bytes) ==
               kP256Bytes,
       "BN_bn2binpad");
  return raw;
}

/// Empty if the private key cannot sign.
std::string signature_of(EVP_PKEY* pair, JwsAlgorithm algorithm, std::string_view input) {
  const DigestContext context(EVP_MD_CTX_new());
  must(context != nullptr, "EVP_MD_CTX_new");
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(pair)), '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, digest_of(algorithm), nullptr, pair) != 1 ||
      EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(input), input.size()) != 1)
    return {};
  signature.resize(size);
  return algorithm == JwsAlgorithm::ES256 ? raw_from_der(signature) : signature;
}

Pkey fresh_pair(JwsAlgorithm algorithm) {
  switch (algorithm) {
    case JwsAlgorithm::ES256:
      return Pkey(EVP_EC_gen("P-256"));
    case JwsAlgorithm::RS256:
      return Pkey(EVP_RSA_gen(kRsaBits));
    case JwsAlgorithm::EdDSA:
      return Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    case JwsAlgorithm::HS256:
      break;
  }
  throw std::logic_error("HS256 has no key pair");
}

}  // namespace

struct SigningKey::Body {
  VerificationKey verification_key;
  Pkey pair;      // null for HS256
  Secret secret;  // HS256
};

SigningKey::SigningKey(std::unique_ptr<Body> body) : body_(std::move(body)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::generate(JwsAlgorithm algorithm) {
  Pkey pair = fresh_pair(algorithm);
  must(pair != nullptr, "EVP_PKEY_generate");
  auto verification_key = VerificationKey::from_spki(algorithm, der_of_public(pair.get()));
  must(verification_key.has_value(), "EVP_PKEY_generate");
  return SigningKey(std::unique_ptr<Body>(new Body{*verification_key, std::move(pair), {}}));
}

std::optional<SigningKey> SigningKey::from_pkcs8(JwsAlgorithm algorithm, const Secret& der) {
  const unsigned char* at = bytes_of(der.reveal());
  const unsigned char* const end = at + der.size();
  const Pkcs8 info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  Pkey pair(info == nullptr || at != end ? nullptr : EVP_PKCS82PKEY(info.get()));
  std::optional<VerificationKey> verification_key;
  if (pair != nullptr) verification_key = VerificationKey::from_spki(algorithm, der_of_public(pair.get()));
  // An inconsistent key pair would sign tokens that cannot be verified.
  const bool usable =
      verification_key && verification_key->verify(kProbe, signature_of(pair.get(), algorithm, kProbe));
  ERR_clear_error();
  if (!usable) return std::nullopt;
  return SigningKey(std::unique_ptr<Body>(new Body{*verification_key, std::move(pair), {}}));
}

SigningKey SigningKey::hs256(const Secret& secret) {
  return SigningKey(std::unique_ptr<Body>(new Body{VerificationKey::hs256(secret), nullptr, secret.clone()}));
}

const VerificationKey& SigningKey::verification_key() const noexcept { return body_->verification_key; }

Secret SigningKey::pkcs8() const {
  must(body_->pair != nullptr, "only a key pair has a PKCS #8 form");
  const Pkcs8 info(EVP_PKEY2PKCS8(body_->pair.get()));
  must(info != nullptr, "EVP_PKEY2PKCS8");
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  must(size > 0, "i2d_PKCS8_PRIV_KEY_INFO");
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* end = bytes_of(der);
  must(i2d_PKCS8_PRIV_KEY_INFO(info.get(), &end) == size, "i2d_PKCS8_PRIV_KEY_INFO");
  return Secret::take(der);
}

std::string SigningKey::sign(std::string_view input) const {
  if (algorithm() == JwsAlgorithm::HS256) {
    return std::string(view(hmac_sha256(body_->secret.reveal(), input)));
  }
  std::string signature = signature_of(body_->pair.get(), algorithm(), input);
  must(!signature.empty(), "EVP_DigestSign");
  return signature;
}

}  // namespace taskward::crypto
