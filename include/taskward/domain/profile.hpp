// Changing the address of the caller's own account, and deleting the account.
#pragma once

#include <string>

#include "taskward/base/result.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/profile.hpp"

namespace taskward::domain {

using store::OwnProfile;

/// Sets the new address, using a code from request_email_change, and notifies the old address. 401
/// invalid_token or invalid_otp; 409 email_taken; 429 too_many_requests.
[[nodiscard]] Result<model::User> change_email(const Resources& resources, const OwnProfile& access,
                                               const std::string& email, const SubmittedCode& code,
                                               const model::Origin& origin);

/// Deletes the caller's account, sessions and tasks; audit records keep the user id. 401 invalid_token or
/// invalid_credentials; 409 last_administrator; 423 account_locked; 429 too_many_requests.
[[nodiscard]] Result<Done> delete_account(const Resources& resources, const OwnProfile& access,
                                          const Secret& password, const model::Origin& origin);

/// The same with a code from request_login_code. 401 invalid_otp.
[[nodiscard]] Result<Done> delete_account(const Resources& resources, const OwnProfile& access,
                                          const SubmittedCode& code, const model::Origin& origin);

}  // namespace taskward::domain
