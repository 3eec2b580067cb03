// RAII for OpenSSL handles, and exceptions for its errors.
#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "taskward/model/jws_algorithm.hpp"

namespace taskward::crypto {

template <auto Release>
struct Releases {
  template <class T>
  void operator()(T* handle) const noexcept {
    Release(handle);
  }
};

using Pkey = std::unique_ptr<EVP_PKEY, Releases<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Releases<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Releases<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Releases<EVP_CIPHER_CTX_free>>;
using Bignum = std::unique_ptr<BIGNUM, Releases<BN_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Releases<ECDSA_SIG_free>>;

/// Throws std::runtime_error if a call failed. The text names the call, never its input.
inline void must(bool succeeded, const char* call) {
  if (succeeded) return;
  ERR_clear_error();
  throw std::runtime_error(std::string("OpenSSL failed: ") + call);
}

inline const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* bytes_of(std::string& text) noexcept {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// Fetched once: fetching by name takes longer than a hash.
inline const EVP_MD* sha256_algorithm() {
  static EVP_MD* const fetched = [] {
    EVP_MD* md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    must(md != nullptr, "EVP_MD_fetch");
    return md;
  }();
  return fetched;
}

/// The digest for a signature. Null for Ed25519, as OpenSSL requires.
inline const EVP_MD* digest_of(model::JwsAlgorithm algorithm) {
  return algorithm == model::JwsAlgorithm::EdDSA ? nullptr : sha256_algorithm();
}

/// SubjectPublicKeyInfo DER (RFC 5280, section 4.1).
inline std::string der_of_public(const EVP_PKEY* key) {
  const int size = i2d_PUBKEY(key, nullptr);
  must(size > 0, "i2d_PUBKEY");
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* end = bytes_of(der);
  must(i2d_PUBKEY(key, &end) == size, "i2d_PUBKEY");
  return der;
}

/// The size of a P-256 coordinate, and of r and s of a signature.
inline constexpr int kP256Bytes = 32;

}  // namespace taskward::crypto
