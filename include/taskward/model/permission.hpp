// The table of roles and permissions, and the proof that a route requires a permission.
//
// An Access<P> is created only by verifying a token (domain/authenticate), and every statement on user data
// requires one. That statement checks whether the user's *current* role holds the permission.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/ids.hpp"
#include "taskward/model/authentication.hpp"
#include "taskward/model/scope.hpp"

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
/// active user whose role holds the permission, or a personal access token with the scope of the route.
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

/// The same for a personal access token of the scope, followed by the scope: {user,user+,tasks:write}. A
/// token was created by an authentication with all factors of the account, so it needs none of its own. No
/// role is named like a scope.
[[nodiscard]] std::string_view permitted_accounts(Permission permission, Scope scope,
                                                  MfaPolicy policy) noexcept;
/// The permission that the routes of a scope require. `none` has none of its own: anyone.
[[nodiscard]] constexpr Permission permission_of(Scope scope) noexcept {
  switch (scope) {
    case Scope::none:
      return Permission::anyone;
    case Scope::tasks_read:
      return Permission::read_tasks;
    case Scope::tasks_write:
      return Permission::write_tasks;
    case Scope::profile_read:
      return Permission::own_profile;
    case Scope::admin_read:
    case Scope::admin_write:
      return Permission::administer;
  }
  return Permission::anyone;
}

/// The identity in a verified token: an access token, which belongs to a session, or a personal access token.
/// The current state of session, token, user and role is checked by the statement that performs the action.
class Bearer {
 public:
  enum class Kind : std::uint8_t { session, personal_token };

  // References, because statement parameters refer to their values.
  [[nodiscard]] const UserId& user() const noexcept { return user_; }
  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  /// The id of the session or of the personal access token.
  [[nodiscard]] const Uuid& credential() const noexcept { return credential_; }
  [[nodiscard]] Permission permission() const noexcept { return permission_; }
  /// The last authentication of the session when the access token was issued; none for a personal access
  /// token.
  [[nodiscard]] const Authentication& authentication() const noexcept { return authentication_; }
  /// See permitted_accounts().
  [[nodiscard]] std::string_view permitted() const noexcept { return permitted_; }
  /// The scope that a personal access token must have.
  [[nodiscard]] Scope scope() const noexcept { return scope_; }

 protected:
  Bearer(UserId user, SessionId session, Permission permission, const Authentication& authentication,
         std::string_view permitted) noexcept
      : user_(user),
        credential_(session.uuid),
        permission_(permission),
        authentication_(authentication),
        permitted_(permitted) {}
  Bearer(UserId user, PersonalTokenId token, Permission permission, Scope scope, MfaPolicy policy) noexcept
      : user_(user),
        credential_(token.uuid),
        permission_(permission),
        permitted_(permitted_accounts(permission, scope, policy)),
        kind_(Kind::personal_token),
        scope_(scope) {}

 private:
  UserId user_;
  Uuid credential_;
  Permission permission_;
  Authentication authentication_;
  std::string_view permitted_;
  Kind kind_ = Kind::session;
  Scope scope_ = Scope::none;
};

template <Permission P>
class SessionAccess;

template <Permission P>
class Access : public Bearer {
  static_assert(P != Permission::anyone, "a route without authentication has no access to user data");
  friend class taskward::domain::Authentication;
  friend struct taskward::testing::AnyAccess;
  friend class SessionAccess<P>;
  Access(UserId user, SessionId session, const Authentication& authentication, Assurance assurance,
         MfaPolicy policy) noexcept
      : Bearer(user, session, P, authentication,
               permitted_accounts(P, assurance, authentication.methods.level(), policy)) {}
  Access(UserId user, PersonalTokenId token, Scope scope, MfaPolicy policy) noexcept
      : Bearer(user, token, P, scope, policy) {}
};

/// The access of a session. What takes one cannot be reached with a personal access token.
template <Permission P>
class SessionAccess : public Access<P> {
 public:
  [[nodiscard]] SessionId session() const noexcept { return {this->credential()}; }

 private:
  friend class taskward::domain::Authentication;
  friend struct taskward::testing::AnyAccess;
  SessionAccess(UserId user, SessionId session, const Authentication& authentication, Assurance assurance,
                MfaPolicy policy) noexcept
      : Access<P>(user, session, authentication, assurance, policy) {}
};

}  // namespace taskward::model
