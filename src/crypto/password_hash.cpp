#include "taskward/crypto/password_hash.hpp"

#include <crypt.h>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "taskward/base/text.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/model/user.hpp"

namespace taskward::crypto {
namespace {

constexpr std::string_view kCurrent = "$2b$";  ///< prefix of new hashes
constexpr std::size_t kSaltBegins = 7;         ///< after "$2b$12$"
constexpr std::size_t kHashSize = 60;

/// libxcrypt's 32 KiB of working memory, wiped after use.
struct CryptMemory {
  std::unique_ptr<crypt_data> data = std::make_unique<crypt_data>();
  CryptMemory() = default;
  CryptMemory(const CryptMemory&) = delete;
  CryptMemory& operator=(const CryptMemory&) = delete;
  ~CryptMemory() { wipe(data.get(), sizeof *data); }
};

/// bcrypt ignores everything after a NUL or after 72 bytes, but the whole password must be verified (NIST SP
/// 800-63B-4, section 3.1.1.2).
bool is_readable(const Secret& password) {
  return password.size() <= model::kPasswordMaxBytes &&
         password.reveal().find('\0') == std::string_view::npos;
}

/// The hash of the password with the setting (a salt or a hash); empty if the setting is invalid. An
/// unreadable password is replaced by an empty one, because libxcrypt rejects a long one immediately.
std::string bcrypt(const Secret& password, const std::string& setting) {
  const CryptMemory memory;
  const char* phrase = is_readable(password) ? password.reveal().data() : "";
  const char* out = crypt_rn(phrase, setting.c_str(), memory.data.get(), sizeof *memory.data);
  return out == nullptr ? std::string() : std::string(out);
}

/// A setting as in crypt(5): prefix, cost and salt, the first 29 characters of a hash.
std::string fresh_setting(int cost, RandomSource& random) {
  std::array<std::uint8_t, 16> salt{};
  random.fill(salt);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  if (crypt_gensalt_rn(kCurrent.data(), static_cast<unsigned long>(cost),
                       reinterpret_cast<const char*>(salt.data()), static_cast<int>(salt.size()),
                       setting.data(), static_cast<int>(setting.size())) == nullptr) {
    throw std::runtime_error("libxcrypt failed to generate a bcrypt salt");
  }
  return setting.data();
}

std::string two_digits(int number) {
  return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

}  // namespace

std::optional<int> bcrypt_cost(std::string_view hash) noexcept {
  constexpr std::string_view alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  if (hash.size() != kHashSize) return std::nullopt;
  if (!hash.starts_with(kCurrent) && !hash.starts_with("$2a$") && !hash.starts_with("$2y$"))
    return std::nullopt;
  if (!is_digit(hash[4]) || !is_digit(hash[5]) || hash[6] != '$') return std::nullopt;
  if (hash.find_first_not_of(alphabet, kSaltBegins) != std::string_view::npos) return std::nullopt;
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < model::kBcryptCostLeast || cost > model::kBcryptCostMost) return std::nullopt;
  return cost;
}

PasswordHasher::PasswordHasher(int cost, RandomSource& random)
    : cost_(cost), salt_(fresh_setting(cost, random).substr(kSaltBegins)) {}

std::string PasswordHasher::hash(const Secret& password, RandomSource& random) const {
  if (!is_readable(password)) throw std::logic_error("the password contains a NUL or exceeds 72 bytes");
  std::string out = bcrypt(password, fresh_setting(cost_, random));
  if (out.size() != kHashSize) throw std::runtime_error("libxcrypt failed to compute a bcrypt hash");
  return out;
}

bool PasswordHasher::verify(const Secret& password, std::string_view hash) const {
  const auto cost = bcrypt_cost(hash);
  const std::string computed = cost ? bcrypt(password, std::string(hash)) : std::string();
  if (computed.empty()) return verify_nothing(password);
  for (int missing = *cost; missing < cost_; ++missing) burn(password, missing);
  return is_readable(password) && equal_in_constant_time(computed, hash);
}

bool PasswordHasher::verify_nothing(const Secret& password) const {
  burn(password, cost_);
  return false;
}

bool PasswordHasher::is_current(std::string_view hash) const {
  return hash.starts_with(kCurrent) && bcrypt_cost(hash) == cost_;
}

void PasswordHasher::burn(const Secret& password, int cost) const {
  static_cast<void>(bcrypt(password, std::string(kCurrent) + two_digits(cost) + '$' + salt_));
}

}  // namespace taskward::crypto
