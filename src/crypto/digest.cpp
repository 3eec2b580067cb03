#include "taskward/crypto/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "openssl.hpp"

namespace taskward::crypto {

namespace {

using MacContext = std::unique_ptr<EVP_MAC_CTX, Releases<EVP_MAC_CTX_free>>;

DigestContext digest_context() {
  DigestContext context(EVP_MD_CTX_new());
  must(context != nullptr, "EVP_MD_CTX_new");
  return context;
}

MacContext hmac_sha256_context() {
  const std::unique_ptr<EVP_MAC, Releases<EVP_MAC_free>> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  must(mac != nullptr, "EVP_MAC_fetch");
  MacContext context(EVP_MAC_CTX_new(mac.get()));
  must(context != nullptr, "EVP_MAC_CTX_new");
  std::string digest_name = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name.data(), 0),
      OSSL_PARAM_construct_end(),
  };
  must(EVP_MAC_CTX_set_params(context.get(), params) == 1, "EVP_MAC_CTX_set_params");
  return context;
}

}  // namespace

// Setting up a context takes longer than hashing a token, so each thread keeps one.
Sha256 sha256(std::string_view bytes) {
  static thread_local const DigestContext context = digest_context();
  Sha256 digest{};
  must(EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) == 1 &&
           EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
           EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1,
       "EVP_DigestInit_ex2, EVP_DigestUpdate or EVP_DigestFinal_ex");
  return digest;
}

struct Sha256Stream::Context {
  DigestContext digest{EVP_MD_CTX_new()};
};

Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) {
  must(EVP_DigestInit_ex2(context_->digest.get(), sha256_algorithm(), nullptr) == 1, "EVP_DigestInit_ex2");
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::add(std::string_view bytes) {
  must(EVP_DigestUpdate(context_->digest.get(), bytes.data(), bytes.size()) == 1, "EVP_DigestUpdate");
}

Sha256 Sha256Stream::finish() {
  Sha256 digest{};
  must(EVP_DigestFinal_ex(context_->digest.get(), digest.data(), nullptr) == 1, "EVP_DigestFinal_ex");
  return digest;
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  static thread_local const MacContext context = hmac_sha256_context();
  Sha256 digest{};
  std::size_t size = 0;
  // OpenSSL accepts an empty key, but not a null pointer.
  const unsigned char* const key_bytes = key.empty() ? bytes_of("") : bytes_of(key);
  must(EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) == 1 &&
           EVP_MAC_update(context.get(), bytes_of(bytes), bytes.size()) == 1 &&
           EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1,
       "EVP_MAC_init, EVP_MAC_update or EVP_MAC_final");
  return digest;
}

Secret derive_key(const Secret& root, std::string_view purpose, std::size_t size) {
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  must(kdf != nullptr, "EVP_KDF_fetch");
  const std::unique_ptr<EVP_KDF_CTX, Releases<EVP_KDF_CTX_free>> context(EVP_KDF_CTX_new(kdf));
  EVP_KDF_free(kdf);
  must(context != nullptr, "EVP_KDF_CTX_new");
  std::string digest_name = "SHA256";
  std::string key(root.reveal());
  std::string info(purpose);
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest_name.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end(),
  };
  std::string out(size, '\0');
  const bool derived = EVP_KDF_derive(context.get(), bytes_of(out), out.size(), params) == 1;
  wipe(key);
  must(derived, "EVP_KDF_derive");
  return Secret::take(out);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace taskward::crypto
