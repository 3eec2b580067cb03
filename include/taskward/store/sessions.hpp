// Sessions and their refresh tokens, of which only the SHA-256 is stored.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"

namespace taskward::store {

/// A refresh token that was presented, its signature checked.
struct PresentedToken {
  UserId user;
  SessionId session;
  crypto::Sha256 hash{};
};

/// Marks the old token as used and stores the new one. 401 refresh_token_reused for a used token, whose
/// session is then revoked unless the token was used less than model::kRotationRace ago (RFC 9700,
/// section 4.14.2); 401 invalid_token otherwise. Of concurrent calls with the same token exactly one
/// succeeds.
[[nodiscard]] Result<model::User> rotate_token(db::Connection& database, const PresentedToken& old_token,
                                               const crypto::Sha256& new_hash, std::chrono::seconds ttl,
                                               const model::AuditStamp& stamp);

/// Ends the sessions in the scope. 401 invalid_token when the caller's session has ended already.
[[nodiscard]] Result<Done> revoke_sessions(db::Connection& database,
                                           const model::Access<model::Permission::own_profile>& access,
                                           model::LogoutScope scope, const model::AuditStamp& stamp);

/// The same by a refresh token that is unused, or was used less than model::kRotationRace ago. A token that
/// was used earlier ends its own session only, with 401 refresh_token_reused.
[[nodiscard]] Result<Done> revoke_sessions(db::Connection& database, const PresentedToken& token,
                                           model::LogoutScope scope, const model::AuditStamp& stamp);

/// The caller's live sessions, the most recently used first. 401 invalid_token.
[[nodiscard]] Result<std::vector<model::Session>> list_sessions(
    db::Connection& database, const model::Access<model::Permission::own_profile>& access);

/// Ends one of the caller's live sessions, which may be the current one. 401 invalid_token; 404
/// not_found for any other id.
[[nodiscard]] Result<Done> end_session(db::Connection& database,
                                       const model::Access<model::Permission::own_profile>& access,
                                       const SessionId& session, const model::AuditStamp& stamp);

}  // namespace taskward::store
