#include "taskward/crypto/verification_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>

#include <array>
#include <utility>

#include "openssl.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"

namespace taskward::crypto {
namespace {

constexpr int kRsaLeastExponentBits = 17;  // 65537 is the smallest odd number of this length

/// Converts a JWS signature, r and s of 32 bytes each (RFC 7518, section 3.4), to DER.
std::string der_from_raw(std::string_view raw) {
  const EcdsaSignature signature(ECDSA_SIG_new());
  must(signature != nullptr, "ECDSA_SIG_new");
  BIGNUM* r = BN_bin2bn(bytes_of(raw), kP256Bytes, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(raw) + kP256Bytes, kP256Bytes, nullptr);
  must(r != nullptr && s != nullptr && ECDSA_SIG_set0(signature.get(), r, s) == 1, "ECDSA_SIG_set0");
  const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
  must(size > 0, "i2d_ECDSA_SIG");
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* end = bytes_of(der);
  must(i2d_ECDSA_SIG(signature.get(), &end) == size, "i2d_ECDSA_SIG");
  return der;
}

/// Checks the curve by name, because others also have 256 bits.
bool is_p256(const EVP_PKEY* key) {
  std::array<char, 32> curve{};
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1 &&
         std::string_view(curve.data()) == SN_X9_62_prime256v1;
}

bool is_strong_rsa(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") != 1 || EVP_PKEY_get_bits(key) < kRsaLeastBits) return false;
  BIGNUM* taken = nullptr;
  must(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &taken) == 1, "EVP_PKEY_get_bn_param");
  const Bignum exponent(taken);
  // Small exponents facilitate forgery; even ones are invalid.
  return BN_is_odd(exponent.get()) == 1 && BN_num_bits(exponent.get()) >= kRsaLeastExponentBits;
}

bool fits(JwsAlgorithm algorithm, const EVP_PKEY* key) {
  switch (algorithm) {
    case JwsAlgorithm::ES256:
      return is_p256(key);
    case JwsAlgorithm::RS256:
      return is_strong_rsa(key);
    case JwsAlgorithm::EdDSA:
      return EVP_PKEY_is_a(key, "ED25519") == 1;
    case JwsAlgorithm::HS256:
      return false;
  }
  return false;
}

}  // namespace

struct VerificationKey::Body {
  JwsAlgorithm algorithm;
  std::string kid;
  std::string der;
  Pkey key;       // null for HS256
  Secret secret;  // HS256
};

VerificationKey::VerificationKey(std::shared_ptr<const Body> body) : body_(std::move(body)) {}

std::optional<VerificationKey> VerificationKey::from_spki(JwsAlgorithm algorithm, std::string_view der) {
  const unsigned char* at = bytes_of(der);
  const unsigned char* const end = at + der.size();
  Pkey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  const bool usable = key != nullptr && at == end && fits(algorithm, key.get());
  ERR_clear_error();
  if (!usable) return std::nullopt;
  return VerificationKey(std::make_shared<const Body>(
      Body{algorithm, base64url(view(sha256(der))), std::string(der), std::move(key), {}}));
}

VerificationKey VerificationKey::hs256(const Secret& secret) {
  must(secret.size() >= kHs256LeastBytes, "HS256 keys have at least 32 bytes");
  // Derived by HKDF, because the kid must not reveal the secret.
  auto kid = base64url(derive_key(secret, "taskward kid of an HS256 key", 16).reveal());
  return VerificationKey(
      std::make_shared<const Body>(Body{JwsAlgorithm::HS256, std::move(kid), {}, nullptr, secret.clone()}));
}

JwsAlgorithm VerificationKey::algorithm() const noexcept { return body_->algorithm; }
const std::string& VerificationKey::kid() const noexcept { return body_->kid; }
const std::string& VerificationKey::public_der() const noexcept { return body_->der; }

bool VerificationKey::verify(std::string_view input, std::string_view signature) const {
  if (body_->algorithm == JwsAlgorithm::HS256) {
    return equal_in_constant_time(view(hmac_sha256(body_->secret.reveal(), input)), signature);
  }
  if (body_->algorithm != JwsAlgorithm::ES256) return verify_der(input, signature);
  return signature.size() == 2UL * kP256Bytes && verify_der(input, der_from_raw(signature));
}

bool VerificationKey::verify_der(std::string_view input, std::string_view signature) const {
  if (body_->algorithm == JwsAlgorithm::HS256) return false;
  const DigestContext context(EVP_MD_CTX_new());
  must(context != nullptr, "EVP_MD_CTX_new");
  must(EVP_DigestVerifyInit(context.get(), nullptr, digest_of(body_->algorithm), nullptr, body_->key.get()) ==
           1,
       "EVP_DigestVerifyInit");
  const bool right = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(input),
                                      input.size()) == 1;
  ERR_clear_error();
  return right;
}

}  // namespace taskward::crypto
