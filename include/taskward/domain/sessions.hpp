// Refreshing tokens and logging out.
#pragma once

#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/session.hpp"

namespace taskward::domain {

/// Exchanges a refresh token for a new pair. The client that exchanged it less than model::kRotationRace ago,
/// and has not used the new refresh token, receives that one again. 401 refresh_token_reused, invalid_token
/// or token_expired; 429 too_many_requests.
[[nodiscard]] Result<model::TokenPair> rotate_tokens(const Resources& resources,
                                                     std::string_view refresh_token,
                                                     const model::Origin& origin);

/// Ends the session of the token, or all sessions of its user. Accepts both kinds of token. 401 if it is not
/// valid.
[[nodiscard]] Result<Done> log_out(const Resources& resources, std::string_view token,
                                   model::LogoutScope scope, const model::Origin& origin);

}  // namespace taskward::domain
