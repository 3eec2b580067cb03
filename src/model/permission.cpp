#include "taskward/model/permission.hpp"

namespace taskward::model {

std::string_view name(Role role) noexcept {
  switch (role) {
    case Role::guest:
      return "guest";
    case Role::user:
      return "user";
    case Role::admin:
      return "admin";
  }
  return "";
}

std::optional<Role> role(std::string_view text) noexcept {
  for (const Role role : kRoles) {
    if (name(role) == text) return role;
  }
  return std::nullopt;
}

std::string_view name(Permission permission) noexcept {
  switch (permission) {
    case Permission::anyone:
      return "anyone";
    case Permission::own_profile:
      return "own_profile";
    case Permission::read_tasks:
      return "read_tasks";
    case Permission::write_tasks:
      return "write_tasks";
    case Permission::administer:
      return "administer";
  }
  return "";
}

std::string_view roles_holding(Permission permission) noexcept {
  // Derived from holds(), so that they cannot diverge.
  static const auto lists = [] {
    std::array<std::string, kPermissions.size()> out;
    for (const Permission permitted : kPermissions) {
      std::string& list = out[static_cast<std::size_t>(permitted)];
      for (const Role role : kRoles) {
        if (!holds(role, permitted)) continue;
        list += list.empty() ? "{" : ",";
        list += name(role);
      }
      list += '}';
    }
    return out;
  }();
  return lists[static_cast<std::size_t>(permission)];
}

}  // namespace taskward::model
