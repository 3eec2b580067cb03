#include "taskward/domain/profile.hpp"

#include "taskward/domain/limits.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/outbox.hpp"
#include "taskward/store/users.hpp"

namespace taskward::domain {

Result<model::User> change_email(const Resources& resources, const OwnProfile& access,
                                 const std::string& email, const SubmittedCode& code,
                                 const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kCodeCheckLimit, origin); !allowed)
    return std::move(allowed).error();
  // The notification is encrypted for the old address before the change; the statement checks that the
  // address is still the same.
  const auto user = store::find_own_profile(resources.database, access);
  if (!user) return user.error();
  const std::string address =
      address_of_code(resources, model::CodePurpose::email_change, email, access.user());
  const auto announcement = seal_mail(
      resources.derived_keys.mail, resources.clock, resources.random,
      {model::MailKind::email_changed, user->email.value_or(""), {{"address", address}}}, std::nullopt);
  return store::change_email(resources.database, access,
                             {try_of(resources, model::CodePurpose::email_change, email, code, access.user()),
                              address, user->email, announcement},
                             resources.stamp(origin));
}

Result<Done> delete_account(const Resources& resources, const OwnProfile& access, const Secret& password,
                            const model::Origin& origin) {
  const auto caller =
      confirm_password(resources, access, password, model::AuditAction::account_delete, origin);
  if (!caller) return caller.error();
  return store::delete_account(resources.database, access, caller->password_hash, resources.stamp(origin));
}

Result<Done> delete_account(const Resources& resources, const OwnProfile& access, const SubmittedCode& code,
                            const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kCodeCheckLimit, origin); !allowed)
    return std::move(allowed).error();
  const auto user = store::find_own_profile(resources.database, access);
  if (!user) return user.error();
  // Without an address no code can have been sent, so every code is wrong.
  return store::delete_account(resources.database, access,
                               try_of(resources, model::CodePurpose::login, user->email.value_or(""), code),
                               resources.stamp(origin));
}

}  // namespace taskward::domain
