#include "taskward/crypto/password_hash.hpp"

#include <crypt.h>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "taskward/crypto/digest.hpp"
#include "taskward/model/user.hpp"

namespace taskward::crypto {
namespace {

/// libxcrypt's 32 KiB of working memory, wiped after use.
struct CryptMemory {
  std::unique_ptr<crypt_data> data = std::make_unique<crypt_data>();
  CryptMemory() = default;
  CryptMemory(const CryptMemory&) = delete;
  CryptMemory& operator=(const CryptMemory&) = delete;
  ~CryptMemory() { wipe(data.get(), sizeof *data); }
};

/// The hash of the password with the setting (a salt or a whole hash); empty when that is damaged.
std::string bcrypt(const Secret& password, const std::string& setting) {
  const CryptMemory memory;
  const char* out =
      crypt_rn(password.reveal().data(), setting.c_str(), memory.data.get(), sizeof *memory.data);
  return out == nullptr ? std::string() : std::string(out);
}

bool is_bcrypt(std::string_view hash) {
  return hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$");
}

}  // namespace

PasswordHasher::PasswordHasher(int cost, RandomSource& random) : cost_(cost) {
  std::array<std::uint8_t, 24> nobody_knows{};
  random.fill(nobody_knows);
  for (auto& byte : nobody_knows) byte = static_cast<std::uint8_t>(byte | 1U);  // no NUL
  stand_in_ = hash(Secret({reinterpret_cast<const char*>(nobody_knows.data()), nobody_knows.size()}), random);
}

std::string PasswordHasher::hash(const Secret& password, RandomSource& random) const {
  std::array<std::uint8_t, 16> salt{};
  random.fill(salt);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  if (crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost_), reinterpret_cast<const char*>(salt.data()),
                       static_cast<int>(salt.size()), setting.data(),
                       static_cast<int>(setting.size())) == nullptr) {
    throw std::runtime_error("libxcrypt made no bcrypt salt");
  }
  std::string out = bcrypt(password, setting.data());
  if (out.size() != 60) throw std::runtime_error("libxcrypt made no bcrypt hash");
  return out;
}

bool PasswordHasher::verify(const Secret& password, std::string_view hash) const {
  // bcrypt reads up to a NUL and 72 bytes at most; what is not read would not be verified (NIST SP
  // 800-63B-4, 3.1.1.2), so such a password is the wrong one.
  const bool readable =
      password.size() <= model::kPasswordMaxBytes && password.reveal().find('\0') == std::string_view::npos;
  if (!readable || !is_bcrypt(hash)) return verify_nothing(password);
  const std::string computed = bcrypt(password, std::string(hash));
  return !computed.empty() && equal_in_constant_time(computed, hash);
}

bool PasswordHasher::verify_nothing(const Secret& password) const {
  static_cast<void>(bcrypt(password, stand_in_));
  return false;
}

}  // namespace taskward::crypto
