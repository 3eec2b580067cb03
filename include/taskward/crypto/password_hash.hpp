// Password hashing with bcrypt (libxcrypt).
//
// A password is hashed in Normalization Form KC (NIST SP 800-63B-4, section 3.1.1.2), so that it does not
// matter how a device composes its characters. Hashes from before, and imported ones, may have been made from
// another form: a password is verified as it was typed and in Form KC.
//
// bcrypt reads at most 72 bytes. Stored hashes are of three kinds:
//   $2b$12$…                      of the password, which has at most 72 bytes
//   $bcrypt-hmac-sha256-1$2b$12$… of a longer one's HMAC-SHA-256 in base64url
//   $bcrypt-first-72$2b$12$…      imported from a system that hashed only the first 72 bytes; the password
//                                 that is typed at the first login then counts as a whole
//
// The time of a check must not reveal whether an account exists or how old its hash is. bcrypt takes 2^cost
// rounds for any password, so a check always takes the time of the configured cost: for a hash of a lower
// cost the difference is added (2^c + 2^c + 2^(c+1) + … = 2^C). A hash of a higher cost takes longer:
// BCRYPT_COST should be the highest cost ever used. A password that is not in Form KC takes twice the time,
// whatever the hash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

/// The cost of a stored hash, whose bcrypt hash of 60 characters has the prefix `$2a$`, `$2b$` or `$2y$` and
/// a cost from 4 to model::kBcryptCostMost. Nothing for other text, including `$2x$`, which mishandles
/// non-ASCII characters.
[[nodiscard]] std::optional<int> bcrypt_cost(std::string_view stored) noexcept;

/// How the bcrypt hash of another system is stored.
[[nodiscard]] std::string imported_hash(std::string_view bcrypt_hash);

enum class PasswordMatch : std::uint8_t {
  no,
  yes,
  outdated,  ///< yes, but the password should be hashed again: the kind, prefix or cost is not the current
             ///< one, or the hash is not of Form KC
};

class PasswordHasher {
 public:
  /// Throws std::runtime_error for an invalid cost.
  PasswordHasher(int cost, RandomSource& random);

  /// A stored hash with a random salt. Throws std::logic_error if the password contains a NUL.
  [[nodiscard]] std::string hash(const Secret& password, RandomSource& random) const;

  /// `no` for an invalid hash, and for a password that contains a NUL.
  [[nodiscard]] PasswordMatch verify(const Secret& password, std::string_view stored) const;

  /// Takes the time of verify(), for an account that does not exist or has no password.
  void verify_nothing(const Secret& password) const;

 private:
  [[nodiscard]] bool matches(const Secret& password, std::string_view text) const;
  /// Takes the time of a hash of that cost.
  void burn(const Secret& password, int cost) const;

  int cost_;
  std::string salt_;  ///< for burn(), as encoded in a hash
};

}  // namespace taskward::crypto
