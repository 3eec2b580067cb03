#include "taskward/crypto/signing_key.hpp"

#include <openssl/bn.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>

#include <array>

#include "openssl.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"

namespace taskward::crypto {
namespace {

using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Releases<PKCS8_PRIV_KEY_INFO_free>>;

constexpr int kCoordinateBytes = 32;  // P-256

std::string der_of_public(const EVP_PKEY* key) {
  const int size = i2d_PUBKEY(key, nullptr);
  must(size > 0, "i2d_PUBKEY");
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* end = bytes_of(der);
  must(i2d_PUBKEY(key, &end) == size, "i2d_PUBKEY");
  return der;
}

/// ECDSA as JWS has it: r and s, 32 bytes each (RFC 7518, 3.4), where OpenSSL has DER.
std::string raw_from_der(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  must(signature != nullptr, "d2i_ECDSA_SIG");
  std::string raw(2UL * kCoordinateBytes, '\0');
  must(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes_of(raw), kCoordinateBytes) == kCoordinateBytes &&
           BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes_of(raw) + kCoordinateBytes,
                        kCoordinateBytes) == kCoordinateBytes,
       "BN_bn2binpad");
  return raw;
}

std::string der_from_raw(std::string_view raw) {
  const EcdsaSignature signature(ECDSA_SIG_new());
  must(signature != nullptr, "ECDSA_SIG_new");
  BIGNUM* r = BN_bin2bn(bytes_of(raw), kCoordinateBytes, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(raw) + kCoordinateBytes, kCoordinateBytes, nullptr);
  must(r != nullptr && s != nullptr && ECDSA_SIG_set0(signature.get(), r, s) == 1, "ECDSA_SIG_set0");
  const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
  must(size > 0, "i2d_ECDSA_SIG");
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* end = bytes_of(der);
  must(i2d_ECDSA_SIG(signature.get(), &end) == size, "i2d_ECDSA_SIG");
  return der;
}

/// Other curves have 256 bits too, so the size would not tell.
bool is_p256(const EVP_PKEY* key) {
  std::array<char, 32> curve{};
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1 &&
         std::string_view(curve.data()) == SN_X9_62_prime256v1;
}

/// Whether the public half is the private one's; a damaged key would sign what nobody can verify.
bool halves_match(EVP_PKEY* key) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  must(context != nullptr, "EVP_PKEY_CTX_new_from_pkey");
  return EVP_PKEY_check(context.get()) == 1;
}

}  // namespace

struct SigningKey::Body {
  JwsAlgorithm algorithm;
  std::string kid;
  Pkey pair;      // ES256
  Secret secret;  // HS256
};

SigningKey::SigningKey(std::unique_ptr<Body> body) : body_(std::move(body)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::generate_es256() {
  Pkey pair(EVP_EC_gen("P-256"));
  must(pair != nullptr, "EVP_EC_gen");
  auto kid = base64url(view(sha256(der_of_public(pair.get()))));
  return SigningKey(
      std::unique_ptr<Body>(new Body{JwsAlgorithm::ES256, std::move(kid), std::move(pair), {}}));
}

std::optional<SigningKey> SigningKey::es256_from_pkcs8(const Secret& der) {
  const unsigned char* at = bytes_of(der.reveal());
  const unsigned char* const end = at + der.size();
  const Pkcs8 info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  Pkey pair(info == nullptr || at != end ? nullptr : EVP_PKCS82PKEY(info.get()));
  const bool usable = pair != nullptr && is_p256(pair.get()) && halves_match(pair.get());
  ERR_clear_error();
  if (!usable) return std::nullopt;
  auto kid = base64url(view(sha256(der_of_public(pair.get()))));
  return SigningKey(
      std::unique_ptr<Body>(new Body{JwsAlgorithm::ES256, std::move(kid), std::move(pair), {}}));
}

SigningKey SigningKey::hs256(const Secret& secret) {
  must(secret.size() >= 32, "an HS256 key has 32 bytes or more");
  // The name must tell nothing about the secret, so it is a key of its own derived from it.
  auto kid = base64url(derive_key(secret, "taskward kid of an HS256 key", 16).reveal());
  return SigningKey(
      std::unique_ptr<Body>(new Body{JwsAlgorithm::HS256, std::move(kid), nullptr, secret.clone()}));
}

JwsAlgorithm SigningKey::algorithm() const noexcept { return body_->algorithm; }
const std::string& SigningKey::kid() const noexcept { return body_->kid; }

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

std::string SigningKey::public_der() const {
  return body_->pair == nullptr ? std::string() : der_of_public(body_->pair.get());
}

std::string SigningKey::sign(std::string_view input) const {
  if (body_->algorithm == JwsAlgorithm::HS256) {
    return std::string(view(hmac_sha256(body_->secret.reveal(), input)));
  }
  const DigestContext context(EVP_MD_CTX_new());
  must(context != nullptr, "EVP_MD_CTX_new");
  must(EVP_DigestSignInit(context.get(), nullptr, sha256_algorithm(), nullptr, body_->pair.get()) == 1,
       "EVP_DigestSignInit");
  std::string der(80, '\0');
  std::size_t size = der.size();
  must(EVP_DigestSign(context.get(), bytes_of(der), &size, bytes_of(input), input.size()) == 1,
       "EVP_DigestSign");
  return raw_from_der(std::string_view(der).substr(0, size));
}

bool SigningKey::verify(std::string_view input, std::string_view signature) const {
  if (body_->algorithm == JwsAlgorithm::HS256) {
    return equal_in_constant_time(view(hmac_sha256(body_->secret.reveal(), input)), signature);
  }
  if (signature.size() != 2UL * kCoordinateBytes) return false;
  const std::string der = der_from_raw(signature);
  const DigestContext context(EVP_MD_CTX_new());
  must(context != nullptr, "EVP_MD_CTX_new");
  must(EVP_DigestVerifyInit(context.get(), nullptr, sha256_algorithm(), nullptr, body_->pair.get()) == 1,
       "EVP_DigestVerifyInit");
  const bool right =
      EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(input), input.size()) == 1;
  ERR_clear_error();
  return right;
}

}  // namespace taskward::crypto
