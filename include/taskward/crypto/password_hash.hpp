// Password hashing with bcrypt (libxcrypt).
//
// The time of a check must not reveal whether an account exists or how old its hash is. bcrypt takes 2^cost
// rounds for any password, so a check always takes the time of the configured cost: for a hash of a lower
// cost the difference is added (2^c + 2^c + 2^(c+1) + … = 2^C). A hash of a higher cost takes longer:
// BCRYPT_COST should be the highest cost ever used.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

/// The cost of a bcrypt hash of 60 characters with prefix `$2a$`, `$2b$` or `$2y$` and a cost from 4 to
/// model::kBcryptCostMost. Nothing for other text, including `$2x$`, which mishandles non-ASCII characters.
[[nodiscard]] std::optional<int> bcrypt_cost(std::string_view hash) noexcept;

class PasswordHasher {
 public:
  /// Throws std::runtime_error for an invalid cost.
  PasswordHasher(int cost, RandomSource& random);

  /// A `$2b$` hash with a random salt. Throws std::logic_error if the password contains a NUL or exceeds 72
  /// bytes.
  [[nodiscard]] std::string hash(const Secret& password, RandomSource& random) const;

  /// Whether the password matches. False for an invalid hash, and for a password that contains a NUL or
  /// exceeds 72 bytes.
  [[nodiscard]] bool verify(const Secret& password, std::string_view hash) const;

  /// Takes the time of verify(), for an account that does not exist or has no password. Returns false.
  bool verify_nothing(const Secret& password) const;

  /// Whether the hash has the current prefix and cost. If not, the password should be rehashed at the next
  /// login.
  [[nodiscard]] bool is_current(std::string_view hash) const;

 private:
  /// Takes the time of a hash of that cost.
  void burn(const Secret& password, int cost) const;

  int cost_;
  std::string salt_;  ///< for burn(), as encoded in a hash
};

}  // namespace taskward::crypto
