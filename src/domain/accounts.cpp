#include "taskward/domain/accounts.hpp"

#include "taskward/domain/hashing.hpp"
#include "taskward/domain/limits.hpp"
#include "taskward/domain/password_policy.hpp"
#include "taskward/store/audit.hpp"

namespace taskward::domain {
namespace {

std::optional<FieldFault> refused_password(const Resources& resources, const Registration& registration) {
  return resources.password_policy.fault("password", registration.password, AccountNames::of(registration));
}

Result<store::NewAccount> hashed(const Resources& resources, const Registration& registration,
                                 const model::Origin& origin) {
  auto hash = hash_password(resources, origin, registration.password);
  if (!hash) return std::move(hash).error();
  return store::NewAccount{UserId::make(resources.clock, resources.random), registration.email,
                           registration.username, std::move(*hash), registration.role};
}

}  // namespace

bool needs_administrator(model::Role role) noexcept {
  return model::holds(role, model::Permission::administer);
}

Result<model::User> register_account(const Resources& resources, const Registration& registration,
                                     const std::optional<Administrator>& administrator,
                                     const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kRegisterLimit, origin); !allowed)
    return std::move(allowed).error();
  if (auto fault = refused_password(resources, registration)) return validation_failed({std::move(*fault)});
  const model::AuditStamp stamp = resources.stamp(origin);
  if (needs_administrator(registration.role) && !administrator) {
    store::record_denied(resources.database, model::AuditAction::account_register, stamp);
    return Error(ErrorCode::forbidden, "Only an administrator can make an account with this role.");
  }
  const auto account = hashed(resources, registration, origin);
  if (!account) return account.error();
  if (!needs_administrator(registration.role))
    return store::insert_account(resources.database, *account, store::MadeBy::oneself, stamp);
  return store::insert_account(resources.database, *administrator, *account, stamp);
}

Result<model::User> create_account(const Resources& resources, const Registration& registration) {
  if (auto fault = refused_password(resources, registration)) return validation_failed({std::move(*fault)});
  const model::Origin shell;
  const auto account = hashed(resources, registration, shell);
  if (!account) return account.error();
  return store::insert_account(resources.database, *account, store::MadeBy::the_operator,
                               resources.stamp(shell));
}

}  // namespace taskward::domain
