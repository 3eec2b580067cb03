// A user, and what an e-mail address, a user name and a password must look like.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::model {

/// Invariant: at least one of email and username is there.
struct User {
  UserId id;
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<std::string> name;  ///< what the person wants to be called
  bool email_verified = false;      ///< a code sent to the address came back
  Role role = Role::user;
  bool is_active = true;
  Timestamp created_at;
};

inline constexpr std::size_t kEmailMaxBytes = 254;  ///< RFC 5321, 4.5.3.1.3, less the angle brackets
inline constexpr std::size_t kNameMaxCharacters = 100;
inline constexpr std::size_t kUsernameMinBytes = 3;
inline constexpr std::size_t kUsernameMaxBytes = 64;
inline constexpr std::size_t kPasswordMinCharacters = 8;  ///< NIST SP 800-63B-4, 3.1.1.2
inline constexpr std::size_t kPasswordMaxBytes = 72;      ///< what bcrypt reads

/// Costs of bcrypt: 2^cost rounds. Cost 10 takes about 66 ms of one core, each step doubles it.
inline constexpr int kBcryptCostLeast = 4;
inline constexpr int kBcryptCostLeastInProduction = 10;
inline constexpr int kBcryptCostMost = 16;

/// RFC 5321 dot-string local part (64 bytes at most) and a host name of two labels or more, in
/// ASCII. Quoted local parts and address literals are refused: no person types them.
[[nodiscard]] bool is_email_address(std::string_view text) noexcept;

/// Letters, digits, '.', '_' and '-', first a letter or digit. Never an '@', so that a name cannot
/// be taken for an address.
[[nodiscard]] bool is_username(std::string_view text) noexcept;

/// How an account is named at login: by address or by name.
struct AccountName {
  enum class Kind { email, username } kind;
  std::string text;

  /// Anything with an '@' is an address, wherever it was written.
  [[nodiscard]] static AccountName of(std::string text);
};

}  // namespace taskward::model
