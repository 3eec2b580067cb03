// Sample private keys as PKCS #8.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "taskward/base/secret.hpp"
#include "taskward/crypto/encoding.hpp"

namespace taskward::testing {

/// The key of RFC 7515, A.3.1, in the format of RFC 5208 and RFC 5915.
[[nodiscard]] inline std::string rfc7515_es256_pkcs8() {
  using namespace std::string_literals;
  const auto bytes = [](std::string_view text) { return crypto::from_base64url(text).value(); };
  return "\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d"
         "\x03\x01\x07"
         "\x04\x6d\x30\x6b\x02\x01\x01\x04\x20"s +
         bytes("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI") + "\xa1\x44\x03\x42\x00\x04"s +
         bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU") +
         bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
}

/// Takes ownership of the key.
[[nodiscard]] inline std::string pkcs8_of(EVP_PKEY* owned) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(owned, EVP_PKEY_free);
  if (key == nullptr) throw std::runtime_error("OpenSSL created no key");
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> info(
      EVP_PKEY2PKCS8(key.get()), PKCS8_PRIV_KEY_INFO_free);
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  if (size <= 0) throw std::runtime_error("OpenSSL wrote no key");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

/// A bare ECPrivateKey (RFC 5915) without the PKCS #8 structure.
[[nodiscard]] inline std::string unwrapped_p256() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(key.get(), &der);
  if (size <= 0) throw std::runtime_error("OpenSSL wrote no key");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

[[nodiscard]] inline std::string pkcs8_of_curve(const char* curve) {
  return pkcs8_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
}

}  // namespace taskward::testing
