#include "taskward/crypto/password_hash.hpp"

#include <crypt.h>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "taskward/base/text.hpp"
#include "taskward/base/unicode.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
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

constexpr std::size_t kBcryptMaxBytes = 72;
constexpr std::string_view kOfHmac = "$bcrypt-hmac-sha256-1";
constexpr std::string_view kOfFirst72 = "$bcrypt-first-72";
/// Sets the digest apart from digests of passwords elsewhere. Never changes: another one would be another
/// kind.
constexpr std::string_view kHmacKey = "Taskward password 1";

enum class Kind : std::uint8_t { plain, of_hmac, of_first_72 };

struct Stored {
  Kind kind = Kind::plain;
  std::string_view bcrypt;
  int cost = 0;
};

std::optional<Stored> parse(std::string_view text) noexcept {
  constexpr std::string_view alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  Stored stored;
  if (text.starts_with(kOfHmac)) {
    stored.kind = Kind::of_hmac;
    text.remove_prefix(kOfHmac.size());
  } else if (text.starts_with(kOfFirst72)) {
    stored.kind = Kind::of_first_72;
    text.remove_prefix(kOfFirst72.size());
  }
  if (text.size() != kHashSize) return std::nullopt;
  if (!text.starts_with(kCurrent) && !text.starts_with("$2a$") && !text.starts_with("$2y$"))
    return std::nullopt;
  if (!is_digit(text[4]) || !is_digit(text[5]) || text[6] != '$') return std::nullopt;
  if (text.find_first_not_of(alphabet, kSaltBegins) != std::string_view::npos) return std::nullopt;
  stored.bcrypt = text;
  stored.cost = (text[4] - '0') * 10 + (text[5] - '0');
  if (stored.cost < model::kBcryptCostLeast || stored.cost > model::kBcryptCostMost) return std::nullopt;
  return stored;
}

/// bcrypt ignores everything after a NUL or after 72 bytes, but the whole password must be verified (NIST SP
/// 800-63B-4, section 3.1.1.2).
bool is_readable(const Secret& password) {
  return password.size() <= kBcryptMaxBytes && password.reveal().find('\0') == std::string_view::npos;
}

/// What bcrypt hashes for a password in a hash of that kind.
Secret input_of(const Secret& password, Kind kind) {
  switch (kind) {
    case Kind::of_hmac: {
      std::string digest = base64url(view(hmac_sha256(kHmacKey, password.reveal())));
      return Secret::take(digest);
    }
    case Kind::of_first_72:
      return Secret(password.reveal().substr(0, kBcryptMaxBytes));
    case Kind::plain:
      break;
  }
  return password.clone();
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

std::optional<int> bcrypt_cost(std::string_view stored) noexcept {
  const auto parsed = parse(stored);
  return parsed ? std::optional(parsed->cost) : std::nullopt;
}

std::string imported_hash(std::string_view bcrypt_hash) {
  // A hash of another Taskward, which tells its kind, keeps it.
  if (bcrypt_hash.starts_with(kOfHmac) || bcrypt_hash.starts_with(kOfFirst72))
    return std::string(bcrypt_hash);
  return std::string(kOfFirst72) + std::string(bcrypt_hash);
}

PasswordHasher::PasswordHasher(int cost, RandomSource& random)
    : cost_(cost), salt_(fresh_setting(cost, random).substr(kSaltBegins)) {}

std::string PasswordHasher::hash(const Secret& password, RandomSource& random) const {
  if (password.reveal().find('\0') != std::string_view::npos)
    throw std::logic_error("the password contains a NUL");
  const Secret normalised = nfkc(password);
  const Kind kind = normalised.size() > kBcryptMaxBytes ? Kind::of_hmac : Kind::plain;
  std::string out = bcrypt(input_of(normalised, kind), fresh_setting(cost_, random));
  if (out.size() != kHashSize) throw std::runtime_error("libxcrypt failed to compute a bcrypt hash");
  return kind == Kind::of_hmac ? std::string(kOfHmac) + out : out;
}

PasswordMatch PasswordHasher::verify(const Secret& password, std::string_view stored) const {
  const Secret normalised = nfkc(password);
  const bool has_two_forms = normalised.reveal() != password.reveal();
  // Both forms are always tried, so that the time does not tell which one matches.
  const bool as_typed = has_two_forms && matches(password, stored);
  const bool in_form_kc = matches(normalised, stored);
  if (!as_typed && !in_form_kc) return PasswordMatch::no;
  const auto parsed = parse(stored);
  const bool is_current = in_form_kc && parsed->kind != Kind::of_first_72 &&
                          parsed->bcrypt.starts_with(kCurrent) && parsed->cost == cost_;
  return is_current ? PasswordMatch::yes : PasswordMatch::outdated;
}

void PasswordHasher::verify_nothing(const Secret& password) const { static_cast<void>(verify(password, {})); }

bool PasswordHasher::matches(const Secret& password, std::string_view text) const {
  const auto stored = parse(text);
  const Secret input = input_of(password, stored ? stored->kind : Kind::plain);
  const std::string computed = stored ? bcrypt(input, std::string(stored->bcrypt)) : std::string();
  if (computed.empty()) {
    burn(input, cost_);
    return false;
  }
  for (int missing = stored->cost; missing < cost_; ++missing) burn(input, missing);
  return is_readable(input) && equal_in_constant_time(computed, stored->bcrypt);
}

void PasswordHasher::burn(const Secret& password, int cost) const {
  static_cast<void>(bcrypt(password, std::string(kCurrent) + two_digits(cost) + '$' + salt_));
}

}  // namespace taskward::crypto
