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
  model::Role role = model::Role::user;
};

/// Whether only an administrator can give the role.
[[nodiscard]] bool needs_administrator(model::Role role) noexcept;

using Administrator = model::Access<model::Permission::administer>;

/// Anybody makes an account for themselves, with the role of a user or less. A higher role takes an
/// administrator's access; without one it is 403 and an audit record. 409 when a name is taken, 422
/// when the password is refused, 503 when too many are being hashed.
[[nodiscard]] Result<model::User> register_account(const Resources& resources,
                                                   const Registration& registration,
                                                   const std::optional<Administrator>& administrator,
                                                   const model::Origin& origin);

/// The operator makes an account of any role from the shell.
[[nodiscard]] Result<model::User> create_account(const Resources& resources,
                                                 const Registration& registration);

}  // namespace taskward::domain
