// Changing a password, and resetting it with a code.
#pragma once

#include <string>

#include "taskward/base/result.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::domain {

/// Changes the caller's password and ends the caller's other sessions. 422 if the new password is refused,
/// and the errors of confirm_password.
[[nodiscard]] Result<Done> change_password(const Resources& resources,
                                           const model::SessionAccess<model::Permission::own_profile>& access,
                                           const Secret& current_password, const Secret& new_password,
                                           const model::Origin& origin);

/// Sets the password of the account with the address, using a code from request_password_reset. Ends all its
/// sessions and unlocks it. 401 invalid_otp, 422, 429 too_many_requests. A refused password does not use up
/// the code.
[[nodiscard]] Result<Done> reset_password(const Resources& resources, const std::string& email,
                                          const SubmittedCode& code, const Secret& new_password,
                                          const model::Origin& origin);

}  // namespace taskward::domain
