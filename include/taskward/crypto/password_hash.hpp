// bcrypt, by libxcrypt.
//
// The time a check takes must not tell whether there is an account, nor how old its hash is. bcrypt's
// work is 2^cost rounds, whatever the password; so a check always does the work of the cost that hash()
// works with: for a stored hash of a lower cost the difference is made up (2^c + 2^c + 2^(c+1) + … = 2^C).
// A hash that costs more than that takes longer, which cannot be hidden: set BCRYPT_COST to the highest
// cost that was ever in use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

/// The cost a hash was made with, when it has the form of one that can be verified: `$2a$`, `$2b$` or
/// `$2y$`, a cost from 4 to model::kBcryptCostMost, 60 characters. Nothing for any other text, `$2x$`
/// included, whose makers mistook characters beyond ASCII.
[[nodiscard]] std::optional<int> bcrypt_cost(std::string_view hash) noexcept;

class PasswordHasher {
 public:
  /// Throws std::runtime_error for a cost that bcrypt does not know.
  PasswordHasher(int cost, RandomSource& random);

  /// A `$2b$` hash with a fresh salt. The password holds no NUL and at most 72 bytes; throws
  /// std::logic_error for another.
  [[nodiscard]] std::string hash(const Secret& password, RandomSource& random) const;

  /// Whether the password is the one that was hashed. A damaged hash fits no password, and a
  /// password that bcrypt would not read to its end fits no hash.
  [[nodiscard]] bool verify(const Secret& password, std::string_view hash) const;

  /// Does the work of verify for an account that does not exist or has no password. Never true.
  bool verify_nothing(const Secret& password) const;

  /// Whether the hash is such as hash() makes now. One that is not should be made anew when its password
  /// is at hand.
  [[nodiscard]] bool is_current(std::string_view hash) const;

 private:
  /// bcrypt's work at that cost, for nothing.
  void burn(const Secret& password, int cost) const;

  int cost_;
  std::string salt_;  ///< of what is burnt, as it stands in a hash
};

}  // namespace taskward::crypto
