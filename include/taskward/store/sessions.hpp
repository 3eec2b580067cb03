// Sessions and their refresh tokens, of which only the SHA-256 is stored: in the row of the session that of
// its current token and of the one before. The signature proves that a token was issued, so any other is a
// used one.
//
// Older releases stored refresh tokens in taskward.refresh_tokens. Such a token is looked up there, and its
// session continues with tokens in its own row.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
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
  bool is_former = false;  ///< of a release that stored it in taskward.refresh_tokens
};

/// What is stored of a refresh token.
struct IssuedToken {
  crypto::Sha256 hash{};
  Timestamp issued_at;  ///< its iat, in whole seconds
};

/// The session to which the new token was granted; or the token that the same client was granted before, when
/// nothing has been granted or recorded yet.
using Rotation = std::variant<model::LiveSession, IssuedToken>;

/// Replaces the current token of a session. Of concurrent calls with the same token one succeeds.
///
/// The client (address and user agent) that replaced the token less than model::kRotationRace ago may have
/// lost the answer. If the new token is the same as then, it is granted again; otherwise the result is the
/// token of that time, for grant_again(), unless that one has been replaced too.
///
/// 401 refresh_token_reused for any other token that is not the current one; it ends the session unless it
/// was replaced less than model::kRotationRace ago (RFC 9700, section 4.14.2). 401 invalid_token otherwise.
[[nodiscard]] Result<Rotation> rotate_token(db::Connection& database, const PresentedToken& old_token,
                                            const IssuedToken& new_token, std::chrono::seconds ttl,
                                            const model::AuditStamp& stamp);

/// Grants the token again that rotate_token() returned, if it could be made again and is still current. 401
/// like rotate_token().
[[nodiscard]] Result<model::LiveSession> grant_again(db::Connection& database,
                                                     const PresentedToken& old_token,
                                                     const std::optional<crypto::Sha256>& successor,
                                                     const model::AuditStamp& stamp);

/// Ends the sessions in the scope. 401 invalid_token when the caller's session has ended already.
[[nodiscard]] Result<Done> revoke_sessions(db::Connection& database,
                                           const model::SessionAccess<model::Permission::own_profile>& access,
                                           model::LogoutScope scope, const model::AuditStamp& stamp);

/// The same by a refresh token that is current, or was replaced less than model::kRotationRace ago. A token
/// that was replaced earlier ends its own session only, with 401 refresh_token_reused.
[[nodiscard]] Result<Done> revoke_sessions(db::Connection& database, const PresentedToken& token,
                                           model::LogoutScope scope, const model::AuditStamp& stamp);

/// The caller's live sessions, the most recently used first. 401 invalid_token.
[[nodiscard]] Result<std::vector<model::Session>> list_sessions(
    db::Connection& database, const model::SessionAccess<model::Permission::own_profile>& access);

/// Ends one of the caller's live sessions, which may be the current one. 401 invalid_token; 404
/// not_found for any other id.
[[nodiscard]] Result<Done> end_session(db::Connection& database,
                                       const model::SessionAccess<model::Permission::own_profile>& access,
                                       const SessionId& session, const model::AuditStamp& stamp);

}  // namespace taskward::store
