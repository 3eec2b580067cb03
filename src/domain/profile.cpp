#include "taskward/domain/profile.hpp"

#include "taskward/domain/limits.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/outbox.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/users.hpp"

namespace taskward::domain {

Result<model::User> view_profile(const Resources& resources, const OwnProfile& access) {
  return store::find_own_profile(resources.database, access);
}

Result<model::User> change_profile(const Resources& resources, const OwnProfile& access,
                                   const ProfileChange& change, const model::Origin& origin) {
  return store::change_profile(resources.database, access, change, resources.stamp(origin));
}

Result<model::User> change_email(const Resources& resources, const OwnProfile& access,
                                 const std::string& email, const GivenCode& code,
                                 const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kCodeCheckLimit, origin); !allowed)
    return std::move(allowed).error();
  // The announcement is sealed for the old address, so that must be known first; the statement sees to it
  // that it still is the old one.
  const auto user = view_profile(resources, access);
  if (!user) return user.error();
  const auto announcement = seal_mail(
      resources.derived_keys.mail, resources.clock, resources.random,
      {model::MailKind::email_changed, user->email.value_or(""), {{"address", email}}}, std::nullopt);
  return store::change_email(resources.database, access,
                             {try_of(resources, model::CodePurpose::email_change, email, code, access.user()),
                              email, user->email, announcement},
                             resources.stamp(origin));
}

Result<Done> delete_account(const Resources& resources, const OwnProfile& access, const Secret& password,
                            const model::Origin& origin) {
  const auto caller =
      confirm_password(resources, access, password, model::AuditAction::account_delete, origin);
  if (!caller) return caller.error();
  return store::delete_account(resources.database, access, caller->password_hash, resources.stamp(origin));
}

Result<Done> delete_account(const Resources& resources, const OwnProfile& access, const GivenCode& code,
                            const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kCodeCheckLimit, origin); !allowed)
    return std::move(allowed).error();
  const auto user = view_profile(resources, access);
  if (!user) return user.error();
  // Without an address no code was ever sent, so none is right.
  return store::delete_account(resources.database, access,
                               try_of(resources, model::CodePurpose::login, user->email.value_or(""), code),
                               resources.stamp(origin));
}

Result<std::vector<model::AuditEvent>> list_activity(const Resources& resources, const OwnProfile& access,
                                                     int limit,
                                                     const std::optional<model::AuditPlace>& before) {
  return store::list_activity(resources.database, access, limit, before);
}

}  // namespace taskward::domain
