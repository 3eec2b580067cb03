// Registration, and creation of accounts from the command line.
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
  std::optional<model::Role> role;  ///< Rules::default_role if omitted
};

/// Whether only an administrator can create the account: because of the requested role, or because
/// registration is closed.
[[nodiscard]] bool needs_administrator(const Rules& rules, const Registration& registration) noexcept;

using Administrator = model::Access<model::Permission::administer>;

/// Creates an account. If needs_administrator, an administrator's access is required: without it 403
/// forbidden or registration_closed, which is recorded in the audit log. 409 if a name is in use, 422 if the
/// password is refused, 503 if too many passwords are being hashed.
[[nodiscard]] Result<model::User> register_account(const Resources& resources,
                                                   const Registration& registration,
                                                   const std::optional<Administrator>& administrator,
                                                   const model::Origin& origin);

/// Creates an account of any role, for the command line.
[[nodiscard]] Result<model::User> create_account(const Resources& resources,
                                                 const Registration& registration);

}  // namespace taskward::domain
