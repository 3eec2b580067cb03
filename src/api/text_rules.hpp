// Constraints on names, passwords and codes, for all bodies that contain them.
#pragma once

#include "taskward/api/shape.hpp"

namespace taskward::api {

[[nodiscard]] TextRule new_username();
[[nodiscard]] TextRule new_password();
/// A password to be verified. Only its size is limited; the password policy does not apply.
[[nodiscard]] TextRule any_password();
/// A one-time code and the challenge that belongs to it.
[[nodiscard]] TextRule one_time_code();
[[nodiscard]] TextRule code_challenge();
/// A code of TOTP, and a recovery code, whose letter case and dashes do not matter.
[[nodiscard]] TextRule totp_code();
[[nodiscard]] TextRule recovery_code();
/// A display name. Empty clears it.
[[nodiscard]] TextRule display_name();

/// The name of a personal access token, and of a passkey.
[[nodiscard]] TextRule token_name();
[[nodiscard]] TextRule passkey_name();

/// The same rule with null refused, for a name that can be changed but not removed.
[[nodiscard]] inline TextRule not_null(TextRule rule) {
  rule.null = NullMeans::wrong_type;
  return rule;
}

}  // namespace taskward::api
