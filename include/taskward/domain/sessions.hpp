// Sessions that have begun: turning a refresh token in for the next pair, logging out, where one is logged
// in.
#pragma once

#include <string_view>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/session.hpp"

namespace taskward::domain {

/// 401 refresh_token_reused, invalid_token or token_expired; 429 too_many_requests.
[[nodiscard]] Result<model::TokenPair> rotate_tokens(const Resources& resources,
                                                     std::string_view refresh_token,
                                                     const model::Origin& origin);

/// Ends sessions of the holder of the token, which may be of either kind. 401 when it is not alive.
[[nodiscard]] Result<Done> log_out(const Resources& resources, std::string_view token,
                                   model::LogoutScope scope, const model::Origin& origin);

/// The caller's live sessions, the one last used first. 401 invalid_token.
[[nodiscard]] Result<std::vector<model::Session>> list_sessions(
    const Resources& resources, const model::Access<model::Permission::own_profile>& access);

/// Ends one of them. 401 invalid_token; 404 not_found.
[[nodiscard]] Result<Done> end_session(const Resources& resources,
                                       const model::Access<model::Permission::own_profile>& access,
                                       const SessionId& session, const model::Origin& origin);

}  // namespace taskward::domain
