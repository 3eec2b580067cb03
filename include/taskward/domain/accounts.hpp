// Making accounts.
#pragma once

#include <optional>
#include <string>

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/users.hpp"

namespace taskward::domain {

struct Registration {
  std::optional<std::string> email;
  std::optional<std::string> username;
  Secret password;
  std::optional<model::Role> role;  ///< Rules::default_role when not given
};

/// Whether only an administrator can make the account: because of the role that is asked for, or because
/// nobody else can register.
[[nodiscard]] bool needs_administrator(const Rules& rules, const Registration& registration) noexcept;

using Administrator = model::Access<model::Permission::administer>;

/// Anybody makes an account for themselves, with the default role or less, unless registration is closed.
/// All else takes an administrator's access; without one it is 403 (forbidden, registration_closed) and an
/// audit record. 409 when a name is taken, 422
/// when the password is refused, 503 when too many are being hashed.
[[nodiscard]] Result<model::User> register_account(const Resources& resources,
                                                   const Registration& registration,
                                                   const std::optional<Administrator>& administrator,
                                                   const model::Origin& origin);

/// The operator makes an account of any role from the shell.
[[nodiscard]] Result<model::User> create_account(const Resources& resources,
                                                 const Registration& registration);

}  // namespace taskward::domain
