#include "taskward/domain/authenticate.hpp"

#include "taskward/store/access.hpp"

namespace taskward::domain {

Result<Done> require_recent(const Resources& resources, const model::Bearer& access,
                            model::Assurance assurance) {
  using model::Assurance;
  const bool has_both = access.authentication().methods.level() == model::AssuranceLevel::aal2;
  const bool must_be_recent = assurance == Assurance::recent || assurance == Assurance::enrollment ||
                              (assurance == Assurance::confirmed && has_both);
  if (!must_be_recent ||
      access.authentication().at + resources.rules.reauthentication_age > resources.clock.now())
    return Done{};
  return ErrorCode::reauthentication_required;
}

Error refusal_of(const Resources& resources, const model::Bearer& access) {
  const auto account = store::find_own_standing(resources.database, access);
  if (!account) return account.error();
  if (!model::holds(account->role, access.permission())) return ErrorCode::forbidden;
  if (!account->has_second_factor) return ErrorCode::mfa_enrollment_required;
  return {ErrorCode::reauthentication_required,
          "This request requires an authentication with your second factor; see POST /auth/reauthenticate."};
}

}  // namespace taskward::domain
