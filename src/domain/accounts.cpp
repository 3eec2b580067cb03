#include "taskward/domain/accounts.hpp"

#include "taskward/domain/hashing.hpp"
#include "taskward/domain/limits.hpp"
#include "taskward/domain/password_policy.hpp"
#include "taskward/store/access.hpp"
#include "taskward/store/audit.hpp"

namespace taskward::domain {
namespace {

/// Whether each role has a superset of the permissions of the role before it.
constexpr bool roles_are_in_order() {
  for (std::size_t i = 1; i < model::kRoles.size(); ++i) {
    if (model::kRoles[i - 1] >= model::kRoles[i]) return false;
    for (const model::Permission permission : model::kPermissions)
      if (model::holds(model::kRoles[i - 1], permission) && !model::holds(model::kRoles[i], permission))
        return false;
  }
  return true;
}
static_assert(roles_are_in_order(), "a higher role must hold all permissions of a lower one");

model::Role role_of(const Rules& rules, const Registration& registration) noexcept {
  return registration.role.value_or(rules.default_role);
}

std::optional<FieldFault> refused_password(const Resources& resources, const Registration& registration) {
  return resources.password_policy.fault("password", registration.password, AccountNames::of(registration));
}

Result<store::NewAccount> hashed(const Resources& resources, const Registration& registration,
                                 const model::Origin& origin) {
  auto hash = hash_password(resources, origin, registration.password);
  if (!hash) return std::move(hash).error();
  return store::NewAccount{UserId::make(resources.clock, resources.random), registration.email,
                           registration.username, std::move(*hash), role_of(resources.rules, registration)};
}

Error refused(const Rules& rules, const Registration& registration) {
  if (role_of(rules, registration) > rules.default_role)
    return {ErrorCode::forbidden, "Only an administrator can create an account with this role."};
  return ErrorCode::registration_closed;
}

}  // namespace

bool needs_administrator(const Rules& rules, const Registration& registration) noexcept {
  return !rules.is_registration_open || role_of(rules, registration) > rules.default_role;
}

Result<model::User> register_account(const Resources& resources, const Registration& registration,
                                     const std::optional<Administrator>& administrator,
                                     const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kRegisterLimit, origin); !allowed)
    return std::move(allowed).error();
  const model::AuditStamp stamp = resources.stamp(origin);
  const bool is_for_administrators = needs_administrator(resources.rules, registration);
  if (is_for_administrators && !administrator) {
    store::record_denied(resources.database, model::AuditAction::account_register, stamp);
    return refused(resources.rules, registration);
  }
  if (is_for_administrators) {
    // The token does not prove the current role; hashing is expensive, so it is checked first.
    if (auto may =
            store::check_access(resources.database, *administrator, stamp, store::kRefusedRegistration);
        !may)
      return std::move(may).error();
  }
  if (auto fault = refused_password(resources, registration)) return validation_failed({std::move(*fault)});
  const auto account = hashed(resources, registration, origin);
  if (!account) return account.error();
  if (!is_for_administrators)
    return store::insert_account(resources.database, *account, store::CreatedBy::self, stamp);
  return store::insert_account(resources.database, *administrator, *account, resources.stamp(origin));
}

Result<model::User> create_account(const Resources& resources, const Registration& registration) {
  if (auto fault = refused_password(resources, registration)) return validation_failed({std::move(*fault)});
  const model::Origin command_line;
  const auto account = hashed(resources, registration, command_line);
  if (!account) return account.error();
  return store::insert_account(resources.database, *account, store::CreatedBy::the_operator,
                               resources.stamp(command_line));
}

}  // namespace taskward::domain
