#include "taskward/domain/passwords.hpp"

#include "taskward/domain/hashing.hpp"
#include "taskward/domain/limits.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/password_policy.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/passwords.hpp"

namespace taskward::domain {

Result<Done> change_password(const Resources& resources,
                             const model::SessionAccess<model::Permission::own_profile>& access,
                             const Secret& current_password, const Secret& new_password,
                             const model::Origin& origin) {
  if (auto fault = password_fault("new_password", new_password))
    return validation_failed({std::move(*fault)});
  const auto caller =
      confirm_password(resources, access, current_password, model::AuditAction::password_change, origin);
  if (!caller) return caller.error();
  if (auto fault =
          resources.password_policy.fault("new_password", new_password, AccountNames::of(caller->user))) {
    return validation_failed({std::move(*fault)});
  }
  const auto hash = hash_password(resources, origin, new_password);
  if (!hash) return hash.error();
  auto done = store::change_password(resources.database, access, caller->password_hash, *hash,
                                     resources.stamp(origin));
  if (!done && done.error().code == ErrorCode::account_locked) {
    store::record_failure(resources.database, model::AuditAction::password_change, access.user(),
                          "account_locked", resources.stamp(origin));
  }
  return done;
}

Result<Done> reset_password(const Resources& resources, const std::string& email, const SubmittedCode& code,
                            const Secret& new_password, const model::Origin& origin) {
  if (auto fault = resources.password_policy.fault("new_password", new_password, {email, {}}))
    return validation_failed({std::move(*fault)});
  if (auto allowed = count_attempt(resources, model::kCodeCheckLimit, origin); !allowed)
    return std::move(allowed).error();
  const auto attempt = try_of(resources, model::CodePurpose::password_reset, email, code);
  // Without a live code there is no need to hash, which bounds the cost of a flood of guesses.
  if (!store::has_live_code(resources.database, attempt)) {
    store::record_failure(resources.database, model::AuditAction::password_reset, std::nullopt,
                          "no_live_code", resources.stamp(origin));
    return ErrorCode::invalid_otp;
  }
  const auto hash = hash_password(resources, origin, new_password);
  if (!hash) return hash.error();
  const std::string address = address_of_code(resources, model::CodePurpose::password_reset, email);
  return store::reset_password(resources.database, attempt, address, *hash,
                               AuditId::make(resources.clock, resources.random), resources.stamp(origin));
}

}  // namespace taskward::domain
