#include "taskward/domain/accounts.hpp"

#include "taskward/domain/password_policy.hpp"
#include "taskward/store/audit.hpp"

namespace taskward::domain {
namespace {

store::NewAccount hashed(const Resources& resources, const Registration& registration) {
  return {UserId::make(resources.clock, resources.random), registration.email, registration.username,
          resources.passwords.hash(registration.password, resources.random), registration.role};
}

}  // namespace

bool needs_administrator(model::Role role) noexcept {
  return model::holds(role, model::Permission::administer);
}

Result<model::User> register_account(const Resources& resources, const Registration& registration,
                                     const std::optional<Administrator>& administrator,
                                     const model::Origin& origin) {
  if (auto fault = password_fault("password", registration.password))
    return validation_failed({std::move(*fault)});
  const model::AuditStamp stamp = resources.stamp(origin);
  if (!needs_administrator(registration.role)) {
    return store::insert_account(resources.database, hashed(resources, registration), store::MadeBy::oneself,
                                 stamp);
  }
  if (!administrator) {
    store::record_denied(resources.database, model::AuditAction::account_register, stamp);
    return Error(ErrorCode::forbidden, "Only an administrator can make an account with this role.");
  }
  return store::insert_account(resources.database, *administrator, hashed(resources, registration), stamp);
}

Result<model::User> create_account(const Resources& resources, const Registration& registration) {
  if (auto fault = password_fault("password", registration.password))
    return validation_failed({std::move(*fault)});
  return store::insert_account(resources.database, hashed(resources, registration),
                               store::MadeBy::the_operator, resources.stamp(model::Origin{}));
}

}  // namespace taskward::domain
