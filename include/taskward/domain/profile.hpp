// One's own account: looking at it, changing it, leaving.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/audit_search.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/profile.hpp"

namespace taskward::domain {

using store::OwnProfile;
using store::ProfileChange;

/// 401 invalid_token.
[[nodiscard]] Result<model::User> view_profile(const Resources& resources, const OwnProfile& access);

/// 401 invalid_token; 409 username_taken.
[[nodiscard]] Result<model::User> change_profile(const Resources& resources, const OwnProfile& access,
                                                 const ProfileChange& change, const model::Origin& origin);

/// Sets the address that the code went to (request_email_change), and tells the old one. 401 invalid_token
/// or invalid_otp; 409 email_taken; 429 too_many_requests.
[[nodiscard]] Result<model::User> change_email(const Resources& resources, const OwnProfile& access,
                                               const std::string& email, const GivenCode& code,
                                               const model::Origin& origin);

/// Deletes the caller's account, sessions and tasks; the audit record keeps the id. 401 invalid_token or
/// invalid_credentials; 409 last_administrator; 423 account_locked; 429 too_many_requests.
[[nodiscard]] Result<Done> delete_account(const Resources& resources, const OwnProfile& access,
                                          const Secret& password, const model::Origin& origin);

/// The same with a code that went to their address (request_login_code). 401 invalid_otp.
[[nodiscard]] Result<Done> delete_account(const Resources& resources, const OwnProfile& access,
                                          const GivenCode& code, const model::Origin& origin);

/// The caller's own security events, newest first. 401 invalid_token.
[[nodiscard]] Result<std::vector<model::AuditEvent>> list_activity(
    const Resources& resources, const OwnProfile& access, int limit,
    const std::optional<model::AuditPlace>& before);

}  // namespace taskward::domain
