// OpenSSL's handles, owned, and its failures as exceptions.
#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

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

/// Throws when a call that must not fail has failed. The text names the call, never its input.
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

/// Looked up once: a fetch by name at each use costs more than a hash.
inline const EVP_MD* sha256_algorithm() {
  static EVP_MD* const fetched = [] {
    EVP_MD* md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    must(md != nullptr, "EVP_MD_fetch");
    return md;
  }();
  return fetched;
}

/// What hashes the input before the key signs it. Ed25519 hashes by itself, and OpenSSL wants none then.
inline const EVP_MD* digest_of(model::JwsAlgorithm algorithm) {
  return algorithm == model::JwsAlgorithm::EdDSA ? nullptr : sha256_algorithm();
}

/// The size of a coordinate, and of each half of a signature, on P-256.
inline constexpr int kP256Bytes = 32;

}  // namespace taskward::crypto
