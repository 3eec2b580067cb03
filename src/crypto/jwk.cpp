#include "taskward/crypto/jwk.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <algorithm>
#include <stdexcept>

#include "openssl.hpp"
#include "taskward/crypto/encoding.hpp"

namespace taskward::crypto {
namespace {

using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Releases<OSSL_PARAM_BLD_free>>;
using ParamList = std::unique_ptr<OSSL_PARAM, Releases<OSSL_PARAM_free>>;

constexpr std::size_t kEd25519Bytes = 32;

// ---------------------------------------------------------------- writing

/// A big-endian number of the key, of `size` bytes; of minimal length if `size` is 0 (RFC 7518, section 2).
std::string number_of(const EVP_PKEY* key, const char* name, int size) {
  BIGNUM* taken = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &taken) == 1, "EVP_PKEY_get_bn_param");
  const Bignum number(taken);
  std::string bytes(static_cast<std::size_t>(size == 0 ? BN_num_bytes(number.get()) : size), '\0');
  must(BN_bn2binpad(number.get(), bytes_of(bytes), static_cast<int>(bytes.size())) >= 0, "BN_bn2binpad");
  return bytes;
}

std::string raw_public(const EVP_PKEY* key) {
  std::string bytes(kEd25519Bytes, '\0');
  std::size_t size = bytes.size();
  must(EVP_PKEY_get_raw_public_key(key, bytes_of(bytes), &size) == 1 && size == bytes.size(),
       "EVP_PKEY_get_raw_public_key");
  return bytes;
}

void write_member(json::Writer& w, std::string_view name, std::string_view value) {
  w.key(name);
  w.string(value);
}

// ---------------------------------------------------------------- reading

std::string_view text_of(const json::Object& jwk, std::string_view name) noexcept {
  const json::Value* value = json::find(jwk, name);
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

/// The decoded bytes of a member; empty if it is missing or not base64url.
std::string bytes_member(const json::Object& jwk, std::string_view name) {
  return from_base64url(text_of(jwk, name)).value_or(std::string());
}

/// Whether use and key_ops, if present, permit verification (RFC 7517, sections 4.2 and 4.3).
bool allows_verifying(const json::Object& jwk) {
  if (json::find(jwk, "use") != nullptr && text_of(jwk, "use") != "sig") return false;
  const json::Value* operations = json::find(jwk, "key_ops");
  if (operations == nullptr) return true;
  const auto* list = operations->get_if<json::Array>();
  return list != nullptr && std::any_of(list->begin(), list->end(), [](const json::Value& one) {
           const auto* text = one.get_if<std::string>();
           return text != nullptr && *text == "verify";
         });
}

/// SubjectPublicKeyInfo of the key with these parameters; empty if they are invalid.
std::string spki_of(const char* kind, OSSL_PARAM_BLD* builder) {
  const ParamList params(OSSL_PARAM_BLD_to_param(builder));
  must(params != nullptr, "OSSL_PARAM_BLD_to_param");
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  must(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_fromdata_init");
  EVP_PKEY* made = nullptr;
  const bool fits = EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) == 1;
  const Pkey key(made);
  const int size = fits ? i2d_PUBKEY(key.get(), nullptr) : 0;
  ERR_clear_error();
  if (size <= 0) return {};
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* end = bytes_of(der);
  must(i2d_PUBKEY(key.get(), &end) == size, "i2d_PUBKEY");
  return der;
}

std::string spki_of_ec(const json::Object& jwk) {
  const std::string x = bytes_member(jwk, "x");
  const std::string y = bytes_member(jwk, "y");
  // Exactly this length (RFC 7518, section 6.2.1.2).
  if (text_of(jwk, "crv") != "P-256" || x.size() != kP256Bytes || y.size() != kP256Bytes) return {};
  const std::string point = '\x04' + x + y;
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  must(builder != nullptr &&
           OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
           OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                            point.size()) == 1,
       "OSSL_PARAM_BLD_push");
  return spki_of("EC", builder.get());
}

std::string spki_of_rsa(const json::Object& jwk) {
  const std::string n = bytes_member(jwk, "n");
  const std::string e = bytes_member(jwk, "e");
  // Base64urlUInt has no leading zero bytes (RFC 7518, section 2).
  if (n.empty() || e.empty() || n.front() == '\0' || e.front() == '\0') return {};
  const Bignum modulus(BN_bin2bn(bytes_of(n), static_cast<int>(n.size()), nullptr));
  const Bignum exponent(BN_bin2bn(bytes_of(e), static_cast<int>(e.size()), nullptr));
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  must(modulus != nullptr && exponent != nullptr && builder != nullptr &&
           OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1,
       "OSSL_PARAM_BLD_push");
  return spki_of("RSA", builder.get());
}

std::string spki_of_ed25519(const json::Object& jwk) {
  const std::string x = bytes_member(jwk, "x");
  if (text_of(jwk, "crv") != "Ed25519" || x.size() != kEd25519Bytes) return {};
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  must(builder != nullptr &&
           OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, x.data(), x.size()) == 1,
       "OSSL_PARAM_BLD_push");
  return spki_of("ED25519", builder.get());
}

/// The algorithm of a key type.
struct Kind {
  std::string_view kty;
  JwsAlgorithm algorithm;
  std::string (*spki)(const json::Object&);
};
constexpr Kind kKinds[] = {
    {"EC", JwsAlgorithm::ES256, spki_of_ec},
    {"RSA", JwsAlgorithm::RS256, spki_of_rsa},
    {"OKP", JwsAlgorithm::EdDSA, spki_of_ed25519},
    {"oct", JwsAlgorithm::HS256, nullptr},
};

}  // namespace

void write_public_jwk(json::Writer& w, const VerificationKey& key) {
  const std::string& der = key.public_der();
  if (der.empty()) throw std::logic_error("a shared secret has no public key");
  const unsigned char* at = bytes_of(der);
  const Pkey pkey(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  must(pkey != nullptr, "d2i_PUBKEY");
  const auto number = [&](const char* name, int size) {
    return base64url(number_of(pkey.get(), name, size));
  };

  w.begin_object();
  switch (key.algorithm()) {
    case JwsAlgorithm::ES256:
      write_member(w, "kty", "EC");
      write_member(w, "crv", "P-256");
      write_member(w, "x", number(OSSL_PKEY_PARAM_EC_PUB_X, kP256Bytes));
      write_member(w, "y", number(OSSL_PKEY_PARAM_EC_PUB_Y, kP256Bytes));
      break;
    case JwsAlgorithm::RS256:
      write_member(w, "kty", "RSA");
      write_member(w, "n", number(OSSL_PKEY_PARAM_RSA_N, 0));
      write_member(w, "e", number(OSSL_PKEY_PARAM_RSA_E, 0));
      break;
    case JwsAlgorithm::EdDSA:
      write_member(w, "kty", "OKP");
      write_member(w, "crv", "Ed25519");
      write_member(w, "x", base64url(raw_public(pkey.get())));
      break;
    case JwsAlgorithm::HS256:
      break;
  }
  write_member(w, "kid", key.kid());
  write_member(w, "alg", model::name(key.algorithm()));
  write_member(w, "use", "sig");
  w.end_object();
}

std::optional<VerificationKey> read_jwk(const json::Object& jwk) {
  const std::string_view kty = text_of(jwk, "kty");
  const auto* kind =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& one) { return one.kty == kty; });
  if (kind == std::end(kKinds) || !allows_verifying(jwk) || json::find(jwk, "d") != nullptr)
    return std::nullopt;
  if (json::find(jwk, "alg") != nullptr && text_of(jwk, "alg") != model::name(kind->algorithm))
    return std::nullopt;
  if (kind->spki != nullptr) {
    const std::string der = kind->spki(jwk);
    return der.empty() ? std::nullopt : VerificationKey::from_spki(kind->algorithm, der);
  }
  std::string bytes = bytes_member(jwk, "k");
  const Secret secret = Secret::take(bytes);
  if (secret.size() < kHs256LeastBytes) return std::nullopt;
  return VerificationKey::hs256(secret);
}

}  // namespace taskward::crypto
