// The table of roles and permissions, and the proof that a route requires a permission.
//
// An Access<P> is created only by verifying an access token (domain/authenticate), and every statement on
// user data requires one. That statement checks whether the user's *current* role holds the permission.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/ids.hpp"
#include "taskward/model/authentication.hpp"

namespace taskward::domain {
class Authentication;
}
namespace taskward::testing {
struct AnyAccess;
}

namespace taskward::model {

enum class Role : std::uint8_t { guest, user, admin };
inline constexpr std::array kRoles{Role::guest, Role::user, Role::admin};

[[nodiscard]] std::string_view name(Role role) noexcept;
[[nodiscard]] std::optional<Role> role(std::string_view name) noexcept;

/// The permission that a route requires. `anyone` requires no token; all others require a live session of an
/// active user whose role holds the permission.
enum class Permission : std::uint8_t { anyone, own_profile, read_tasks, write_tasks, administer };
inline constexpr std::array kPermissions{Permission::anyone, Permission::own_profile, Permission::read_tasks,
                                         Permission::write_tasks, Permission::administer};

[[nodiscard]] std::string_view name(Permission permission) noexcept;

/// The table.
[[nodiscard]] constexpr bool holds(Role role, Permission permission) noexcept {
  switch (permission) {
    case Permission::anyone:
    case Permission::own_profile:
    case Permission::read_tasks:
      return true;
    case Permission::write_tasks:
      return role == Role::user || role == Role::admin;
    case Permission::administer:
      return role == Role::admin;
  }
  return false;
}

/// Whether a request is permitted to an account with the role, and with or without a second factor.
[[nodiscard]] bool is_permitted(Role role, bool has_second_factor, Permission permission, Assurance assurance,
                                AssuranceLevel level, MfaPolicy policy) noexcept;

/// The accounts to which a request is permitted, as a PostgreSQL array literal such as {user,user+,admin+}:
/// the role, followed by + for an account with a second factor. NUL-terminated.
[[nodiscard]] std::string_view permitted_accounts(Permission permission, Assurance assurance,
                                                  AssuranceLevel level, MfaPolicy policy) noexcept;

/// The identity in a verified access token. The current state of session, user and role is checked by the
/// statement that performs the action.
class Bearer {
 public:
  // References, because statement parameters refer to their values.
  [[nodiscard]] const UserId& user() const noexcept { return user_; }
  [[nodiscard]] const SessionId& session() const noexcept { return session_; }
  [[nodiscard]] Permission permission() const noexcept { return permission_; }
  /// The last authentication of the session when the token was issued.
  [[nodiscard]] const Authentication& authentication() const noexcept { return authentication_; }
  /// See permitted_accounts().
  [[nodiscard]] std::string_view permitted() const noexcept { return permitted_; }

 protected:
  Bearer(UserId user, SessionId session, Permission permission, const Authentication& authentication,
         std::string_view permitted) noexcept
      : user_(user),
        session_(session),
        permission_(permission),
        authentication_(authentication),
        permitted_(permitted) {}

 private:
  UserId user_;
  SessionId session_;
  Permission permission_;
  Authentication authentication_;
  std::string_view permitted_;
};

template <Permission P>
class Access : public Bearer {
  static_assert(P != Permission::anyone, "a route without authentication has no access to user data");
  friend class taskward::domain::Authentication;
  friend struct taskward::testing::AnyAccess;
  Access(UserId user, SessionId session, const Authentication& authentication, Assurance assurance,
         MfaPolicy policy) noexcept
      : Bearer(user, session, P, authentication,
               permitted_accounts(P, assurance, authentication.methods.level(), policy)) {}
};

}  // namespace taskward::model
