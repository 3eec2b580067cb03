// What a new password must be (NIST SP 800-63B-4, 3.1.1.2): long enough, and none of those that are tried
// first: common ones, the account's own names, the service's name. Nothing else is asked of it.
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

/// What is wrong with the form of the password, as a fault of `field`; nothing when it has the right length
/// and can be hashed. Whether it may be chosen, PasswordPolicy says.
[[nodiscard]] std::optional<FieldFault> password_fault(std::string_view field, const Secret& password);

/// The names of the account that a password is for; empty for one that it does not have.
struct AccountNames {
  std::string_view email;
  std::string_view username;

  /// Of anything that has both as optional texts, which must outlive the names.
  template <class Account>
  [[nodiscard]] static AccountNames of(const Account& account) {
    return {account.email ? std::string_view(*account.email) : std::string_view(),
            account.username ? std::string_view(*account.username) : std::string_view()};
  }
};

/// A shorter list of common passwords is taken for a damaged one.
inline constexpr std::size_t kCommonPasswordsLeast = 10'000;

/// The text says what is wrong with the list.
class BadPasswordList : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Constant once made; any thread may ask.
class PasswordPolicy {
 public:
  /// `list` is the text of a list of common passwords in lower case, one a line. Throws BadPasswordList
  /// when it is not UTF-8 or has fewer than kCommonPasswordsLeast lines.
  explicit PasswordPolicy(std::string_view list);

  /// What is wrong with the password for the account of these names, as a fault of `field`; nothing when
  /// it is fine. Letters of either case are one, by ASCII rules.
  [[nodiscard]] std::optional<FieldFault> fault(std::string_view field, const Secret& password,
                                                const AccountNames& names) const;

 private:
  std::vector<std::string> common_;  // sorted; only those that are long enough to be asked for
};

}  // namespace taskward::domain
