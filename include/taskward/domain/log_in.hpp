// Every way in: with a password, or with a code that was sent to one's address.
#pragma once

#include <string>

#include "taskward/base/result.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"

namespace taskward::domain {

/// 401 invalid_credentials, the same and after the same work for an unknown account, a wrong password, an
/// account without one and an inactive one. 423 account_locked, alike for names that nobody has; 429
/// too_many_requests; 503 service_unavailable when too many passwords are being hashed. A refusal is counted
/// and recorded before it is told. A hash of another cost than is wanted now is made anew.
[[nodiscard]] Result<model::TokenPair> log_in(const Resources& resources, const model::AccountName& name,
                                              const Secret& password, const model::Origin& origin);

/// Logs in whoever has the code that went to the address; makes an account if there is none, and unlocks
/// the one there is. 401 invalid_otp, 429 too_many_requests.
[[nodiscard]] Result<model::TokenPair> log_in(const Resources& resources, const std::string& email,
                                              const GivenCode& code, const model::Origin& origin);

/// Who has just shown their password once more.
struct ConfirmedCaller {
  model::User user;
  std::string password_hash;  ///< the one that it fits
};

/// Checks the caller's own password, for `action`. 401 invalid_token or invalid_credentials (also for an
/// account without a password), 423 account_locked, 429 too_many_requests, 503.
[[nodiscard]] Result<ConfirmedCaller> confirm_password(
    const Resources& resources, const model::Access<model::Permission::own_profile>& access,
    const Secret& password, model::AuditAction action, const model::Origin& origin);

}  // namespace taskward::domain
