#include "taskward/crypto/aead.hpp"

#include "openssl.hpp"

namespace taskward::crypto {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kKeyBytes = 32;

int size_of(std::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

std::string seal(const Secret& key, std::string_view plaintext, std::string_view context,
                 RandomSource& random) {
  must(key.size() == kKeyBytes, "encryption keys have 32 bytes");
  std::string out(kNonceBytes + plaintext.size() + kTagBytes, '\0');
  random.fill({bytes_of(out), kNonceBytes});
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  must(cipher != nullptr, "EVP_CIPHER_CTX_new");
  int written = 0;
  unsigned char* body = bytes_of(out) + kNonceBytes;
  must(EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(key.reveal()), bytes_of(out), nullptr) ==
           1,
       "EVP_EncryptInit_ex2");
  must(EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes_of(context), size_of(context)) == 1,
       "EVP_EncryptUpdate");
  must(EVP_EncryptUpdate(cipher.get(), body, &written, bytes_of(plaintext), size_of(plaintext)) == 1,
       "EVP_EncryptUpdate");
  must(EVP_EncryptFinal_ex(cipher.get(), body + written, &written) == 1, "EVP_EncryptFinal_ex");
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, body + plaintext.size()) == 1,
       "EVP_CTRL_AEAD_GET_TAG");
  return out;
}

std::optional<Secret> open_sealed(const Secret& key, std::string_view sealed, std::string_view context) {
  must(key.size() == kKeyBytes, "encryption keys have 32 bytes");
  if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plaintext(body.size() + 1, '\0');
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  must(cipher != nullptr, "EVP_CIPHER_CTX_new");
  int written = 0;
  must(EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(key.reveal()), bytes_of(sealed),
                           nullptr) == 1,
       "EVP_DecryptInit_ex2");
  must(EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes_of(context), size_of(context)) == 1,
       "EVP_DecryptUpdate");
  must(EVP_DecryptUpdate(cipher.get(), bytes_of(plaintext), &written, bytes_of(body), size_of(body)) == 1,
       "EVP_DecryptUpdate");
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1,
       "EVP_CTRL_AEAD_SET_TAG");
  const bool genuine = EVP_DecryptFinal_ex(cipher.get(), bytes_of(plaintext) + written, &written) == 1;
  plaintext.resize(body.size());
  Secret opened = Secret::take(plaintext);
  ERR_clear_error();
  if (!genuine) return std::nullopt;
  return opened;
}

}  // namespace taskward::crypto
