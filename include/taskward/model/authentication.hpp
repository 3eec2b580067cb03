// How and when a person was authenticated, and what routes require of it.
//
// Methods are values of the claim amr (RFC 8176). A session with two factors has the authenticator assurance
// level 2 (NIST SP 800-63B-4, section 2.2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"

namespace taskward::model {

/// A password; a one-time code by e-mail or TOTP, or a recovery code; a key that cannot leave its hardware; a
/// key that can be synchronised; more than one factor.
enum class AuthenticationMethod : std::uint8_t { pwd, otp, hwk, swk, mfa };
inline constexpr std::array kAuthenticationMethods{AuthenticationMethod::pwd, AuthenticationMethod::otp,
                                                   AuthenticationMethod::hwk, AuthenticationMethod::swk,
                                                   AuthenticationMethod::mfa};

[[nodiscard]] std::string_view name(AuthenticationMethod method) noexcept;
[[nodiscard]] std::optional<AuthenticationMethod> authentication_method(std::string_view name) noexcept;

enum class AssuranceLevel : std::uint8_t { aal1, aal2 };
inline constexpr std::array kAssuranceLevels{AssuranceLevel::aal1, AssuranceLevel::aal2};
[[nodiscard]] constexpr std::string_view name(AssuranceLevel level) noexcept {
  return level == AssuranceLevel::aal2 ? "aal2" : "aal1";
}

/// A set of methods.
class AuthenticationMethods {
 public:
  constexpr AuthenticationMethods() = default;
  constexpr AuthenticationMethods(std::initializer_list<AuthenticationMethod> methods) {
    for (const AuthenticationMethod method : methods) add(method);
  }

  constexpr void add(AuthenticationMethod method) noexcept {
    bits_ = static_cast<std::uint8_t>(bits_ | (1U << static_cast<unsigned>(method)));
  }
  [[nodiscard]] constexpr bool has(AuthenticationMethod method) const noexcept {
    return (bits_ >> static_cast<unsigned>(method) & 1U) != 0;
  }
  [[nodiscard]] constexpr AssuranceLevel level() const noexcept {
    return has(AuthenticationMethod::mfa) ? AssuranceLevel::aal2 : AssuranceLevel::aal1;
  }
  /// In the order of the enumeration.
  [[nodiscard]] std::vector<std::string_view> names() const;

  friend constexpr bool operator==(AuthenticationMethods, AuthenticationMethods) = default;

 private:
  std::uint8_t bits_ = 0;
};

/// The last authentication of a session. Without methods and at the epoch for access tokens of older
/// releases.
struct Authentication {
  AuthenticationMethods methods;
  Timestamp at;

  friend bool operator==(const Authentication&, const Authentication&) = default;
};

/// The second factors that an account can use at the moment.
struct SecondFactors {
  bool has_totp = false;
  bool has_passkeys = false;
  bool has_recovery_codes = false;
};

/// Who must have a second factor.
enum class MfaPolicy : std::uint8_t { off, admin, all };

/// What a route requires of the authentication, in addition to a live session.
enum class Assurance : std::uint8_t {
  session,     ///< nothing: also available without a second factor that MFA_REQUIRED asks for
  enrollment,  ///< a recent authentication, also without a second factor that MFA_REQUIRED asks for
  usual,       ///< the second factor that MFA_REQUIRED asks for
  confirmed,   ///< and, if the account has a second factor, a recent authentication with it. For routes that
               ///< verify the password or a code themselves
  recent       ///< and a recent authentication, with the second factor if the account has one
};

[[nodiscard]] std::string_view name(Assurance assurance) noexcept;

}  // namespace taskward::model
