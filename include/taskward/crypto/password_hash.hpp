// bcrypt, by libxcrypt.
#pragma once

#include <string>
#include <string_view>

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

class PasswordHasher {
 public:
  /// Makes the stand-in hash for accounts that do not exist, at the same cost.
  PasswordHasher(int cost, RandomSource& random);

  /// A `$2b$` hash with a fresh salt. The password holds no NUL and at most 72 bytes.
  [[nodiscard]] std::string hash(const Secret& password, RandomSource& random) const;

  /// Whether the password is the one that was hashed. A damaged hash fits no password, and a
  /// password that bcrypt would not read to its end fits no hash.
  [[nodiscard]] bool verify(const Secret& password, std::string_view hash) const;

  /// Does the work of verify for an account that does not exist or has no password. Never true.
  bool verify_nothing(const Secret& password) const;

 private:
  int cost_;
  std::string stand_in_;
};

}  // namespace taskward::crypto
