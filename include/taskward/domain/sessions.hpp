// Logging in, turning a refresh token in for the next pair, logging out.
#pragma once

#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"

namespace taskward::domain {

/// 401 invalid_credentials, the same and after the same work for an unknown account, a wrong
/// password, an account without one and an inactive one. A refusal is recorded before it is told.
[[nodiscard]] Result<model::TokenPair> log_in(const Resources& resources, const model::AccountName& name,
                                              const Secret& password, const model::Origin& origin);

/// 401 refresh_token_reused, invalid_token or token_expired.
[[nodiscard]] Result<model::TokenPair> rotate_tokens(const Resources& resources,
                                                     std::string_view refresh_token,
                                                     const model::Origin& origin);

/// Ends sessions of the holder of the token, which may be of either kind. 401 when it is not alive.
[[nodiscard]] Result<Done> log_out(const Resources& resources, std::string_view token,
                                   model::LogoutScope scope, const model::Origin& origin);

}  // namespace taskward::domain
