#include "taskward/domain/passwords.hpp"

#include "taskward/domain/limits.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/password_policy.hpp"
#include "taskward/store/passwords.hpp"

namespace taskward::domain {

Result<Done> change_password(const Resources& resources,
                             const model::Access<model::Permission::own_profile>& access,
                             const Secret& current_password, const Secret& new_password,
                             const model::Origin& origin) {
  if (auto fault = password_fault("new_password", new_password))
    return validation_failed({std::move(*fault)});
  auto old_hash =
      confirm_password(resources, access, current_password, model::AuditAction::password_change, origin);
  if (!old_hash) return std::move(old_hash).error();
  return store::change_password(resources.database, access, *old_hash,
                                resources.passwords.hash(new_password, resources.random),
                                resources.stamp(origin));
}

Result<Done> reset_password(const Resources& resources, const std::string& email, const GivenCode& code,
                            const Secret& new_password, const model::Origin& origin) {
  if (auto fault = password_fault("new_password", new_password))
    return validation_failed({std::move(*fault)});
  if (auto allowed = count_attempt(resources, model::kCodeCheckLimit, origin); !allowed)
    return std::move(allowed).error();
  return store::reset_password(
      resources.database, try_of(resources, model::CodePurpose::password_reset, email, code), email,
      resources.passwords.hash(new_password, resources.random), resources.stamp(origin));
}

}  // namespace taskward::domain
