// Roles × permissions: the one table, and the proof that a row of the route table granted one.
//
// A handler is only handed what its route's row allows: an Access<P> cannot be made except by
// verifying an access token (domain/authenticate), and every statement on a person's data takes
// one. Whether the role the database has *now* holds the permission is decided in that statement.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/ids.hpp"

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

/// What a route can ask for. `anyone` needs no token; every other needs a live session of an active
/// user whose role holds it.
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

/// The roles that hold the permission, as a PostgreSQL array literal such as {user,admin}.
[[nodiscard]] std::string_view roles_holding(Permission permission) noexcept;

/// A verified access token was presented for this permission. Says nothing yet about the session,
/// the user or the role as they are now: the statement that does the work asks that.
class Bearer {
 public:
  // References, because a statement's parameters point at what they are given.
  [[nodiscard]] const UserId& user() const noexcept { return user_; }
  [[nodiscard]] const SessionId& session() const noexcept { return session_; }
  [[nodiscard]] Permission permission() const noexcept { return permission_; }

 protected:
  Bearer(UserId user, SessionId session, Permission permission) noexcept
      : user_(user), session_(session), permission_(permission) {}

 private:
  UserId user_;
  SessionId session_;
  Permission permission_;
};

template <Permission P>
class Access : public Bearer {
  static_assert(P != Permission::anyone, "a route for anyone is handed no access to anybody's data");
  friend class taskward::domain::Authentication;
  friend struct taskward::testing::AnyAccess;
  Access(UserId user, SessionId session) noexcept : Bearer(user, session, P) {}
};

}  // namespace taskward::model
