// Requirements for new passwords (NIST SP 800-63B-4, 3.1.1.2): a minimum length, and a blocklist of common
// passwords, the account's own names and the service's name. There are no composition rules.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/errors.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::domain {

/// The fault of a password with an invalid length or with characters that cannot be hashed, if any.
/// PasswordPolicy checks the blocklist.
[[nodiscard]] std::optional<FieldFault> password_fault(std::string_view field, const Secret& password);

/// The names of the password's account; empty if it has none.
struct AccountNames {
  std::string_view email;
  std::string_view username;

  /// From a type with optional members `email` and `username`, which must outlive the result.
  template <class Account>
  [[nodiscard]] static AccountNames of(const Account& account) {
    return {account.email ? std::string_view(*account.email) : std::string_view(),
            account.username ? std::string_view(*account.username) : std::string_view()};
  }
};

/// A list of common passwords with fewer lines is considered damaged.
inline constexpr std::size_t kCommonPasswordsMin = 10'000;

/// The list of common passwords is invalid; what() gives the reason.
class BadPasswordList : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Immutable and thread-safe.
class PasswordPolicy {
 public:
  /// `list` has one common password per line, in lower case. Throws BadPasswordList if it is not UTF-8 or has
  /// fewer than kCommonPasswordsMin lines.
  explicit PasswordPolicy(std::string_view list);

  /// The fault of the password for an account with these names, if any. Comparisons ignore the case of ASCII
  /// letters.
  [[nodiscard]] std::optional<FieldFault> fault(std::string_view field, const Secret& password,
                                                const AccountNames& names) const;

 private:
  std::vector<std::string> common_;  // sorted; without those shorter than the minimum length
};

}  // namespace taskward::domain
