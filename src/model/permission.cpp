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

bool is_permitted(Role role, bool has_second_factor, Permission permission, Assurance assurance,
                  AssuranceLevel level, MfaPolicy policy) noexcept {
  if (!holds(role, permission)) return false;
  const bool is_exempt = assurance == Assurance::session || assurance == Assurance::enrollment;
  const bool needs_second_factor =
      policy == MfaPolicy::all || (policy == MfaPolicy::admin && role == Role::admin);
  if (needs_second_factor && !is_exempt && (!has_second_factor || level == AssuranceLevel::aal1))
    return false;
  const bool needs_all_factors = assurance == Assurance::enrollment || assurance == Assurance::confirmed ||
                                 assurance == Assurance::recent;
  return !needs_all_factors || !has_second_factor || level == AssuranceLevel::aal2;
}

std::string_view permitted_accounts(Permission permission, Assurance assurance, AssuranceLevel level,
                                    MfaPolicy policy) noexcept {
  constexpr std::size_t assurances = 5, levels = 2, policies = 3;
  const auto position = [](Permission p, std::size_t a, std::size_t l, std::size_t m) {
    return ((static_cast<std::size_t>(p) * assurances + a) * levels + l) * policies + m;
  };
  // Derived from is_permitted(), so that they cannot diverge.
  static const auto lists = [&] {
    std::array<std::string, kPermissions.size() * assurances * levels * policies> out;
    for (const Permission p : kPermissions) {
      for (std::size_t a = 0; a < assurances; ++a) {
        for (std::size_t l = 0; l < levels; ++l) {
          for (std::size_t m = 0; m < policies; ++m) {
            std::string& list = out[position(p, a, l, m)];
            for (const Role role : kRoles) {
              for (const bool has_second_factor : {false, true}) {
                if (!is_permitted(role, has_second_factor, p, static_cast<Assurance>(a),
                                  static_cast<AssuranceLevel>(l), static_cast<MfaPolicy>(m)))
                  continue;
                list += list.empty() ? "{" : ",";
                list += name(role);
                if (has_second_factor) list += '+';
              }
            }
            list += list.empty() ? "{}" : "}";
          }
        }
      }
    }
    return out;
  }();
  return lists[position(permission, static_cast<std::size_t>(assurance), static_cast<std::size_t>(level),
                        static_cast<std::size_t>(policy))];
}

std::string_view permitted_accounts(Permission permission, Scope scope, MfaPolicy policy) noexcept {
  constexpr std::size_t scopes = kScopes.size() + 1, policies = 3;
  const auto position = [](Permission p, std::size_t s, std::size_t m) {
    return (static_cast<std::size_t>(p) * scopes + s) * policies + m;
  };
  static const auto lists = [&] {
    std::array<std::string, kPermissions.size() * scopes * policies> out;
    for (const Permission p : kPermissions) {
      for (std::size_t s = 0; s < scopes; ++s) {
        for (std::size_t m = 0; m < policies; ++m) {
          std::string list(
              permitted_accounts(p, Assurance::usual, AssuranceLevel::aal2, static_cast<MfaPolicy>(m)));
          if (s != 0) list.replace(list.size() - 1, 1, ',' + std::string(name(static_cast<Scope>(s))) + '}');
          out[position(p, s, m)] = list;
        }
      }
    }
    return out;
  }();
  return lists[position(permission, static_cast<std::size_t>(scope), static_cast<std::size_t>(policy))];
}

}  // namespace taskward::model
