// Users, and the rules for e-mail addresses, user names and passwords.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::model {

/// Invariant: at least one of email and username is set.
struct User {
  UserId id;
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<std::string> name;  ///< display name
  bool email_verified = false;      ///< confirmed by a code sent to the address
  Role role = Role::user;
  bool is_active = true;
  bool has_second_factor = false;
  Timestamp created_at;
};

inline constexpr std::size_t kEmailMaxBytes =
    254;  ///< RFC 5321, section 4.5.3.1.3, without the angle brackets
inline constexpr std::size_t kNameMaxCharacters = 100;
inline constexpr std::size_t kUsernameMinBytes = 3;
inline constexpr std::size_t kUsernameMaxBytes = 64;
inline constexpr std::size_t kPasswordMinCharacters = 8;  ///< NIST SP 800-63B-4, section 3.1.1.2
inline constexpr std::size_t kPasswordMaxCharacters = 256;

/// Costs of bcrypt (2^cost rounds). Cost 10 takes about 66 ms on one core; each increment doubles the time.
inline constexpr int kBcryptCostLeast = 4;
inline constexpr int kBcryptCostLeastInProduction = 10;
inline constexpr int kBcryptCostMost = 16;

/// An RFC 5321 Dot-string of at most 64 bytes as local part and a host name of at least two labels, in ASCII.
/// Quoted local parts and address literals are rejected.
[[nodiscard]] bool is_email_address(std::string_view text) noexcept;

/// Letters, digits, '.', '_' and '-', beginning with a letter or digit. Without '@', which distinguishes
/// addresses.
[[nodiscard]] bool is_username(std::string_view text) noexcept;

/// The login name of an account: an e-mail address or a user name.
struct AccountName {
  enum class Kind { email, username } kind;
  std::string text;

  /// Text that contains '@' is an address, whose domain is converted to A-labels if possible.
  [[nodiscard]] static AccountName of(std::string text);
};

}  // namespace taskward::model
