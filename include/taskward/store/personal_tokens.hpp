// Personal access tokens, of which only the SHA-256 is stored.
//
// All functions that take an access or an actor return 401 invalid_token when the caller's session (or the
// administrator's token) is not live, and 403 forbidden (recorded) when the role does not hold the
// permission. Every change is recorded by its own statement.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/personal_token.hpp"
#include "taskward/store/actor.hpp"
#include "taskward/store/profile.hpp"

namespace taskward::store {

/// What never changes of a token.
struct TokenIdentity {
  PersonalTokenId id;
  UserId owner;
  model::Scopes scopes;
};

/// The token with that hash, live or not.
[[nodiscard]] std::optional<TokenIdentity> find_token(db::Connection& database, const crypto::Sha256& hash);

/// Stores when and from where the token was used, unless that was done less than model::kTokenUseInterval
/// ago.
void record_token_use(db::Connection& database, const UserId& owner, const PersonalTokenId& token,
                      std::string_view client_address);

struct NewToken {
  PersonalTokenId id;
  crypto::Sha256 hash{};
  std::string name;
  model::Scopes scopes;
  std::chrono::seconds lifetime{};
};

/// 422 validation_failed for scopes that the caller's role does not have; 422 too_many_tokens when the
/// account has model::kTokensPerAccount live tokens, also if others are created concurrently.
[[nodiscard]] Result<model::PersonalToken> insert_token(db::Connection& database, const OwnProfile& access,
                                                        const NewToken& token,
                                                        const model::AuditStamp& stamp);

/// The caller's tokens, newest first, including those that have ended.
[[nodiscard]] Result<std::vector<model::PersonalToken>> list_tokens(db::Connection& database,
                                                                    const OwnProfile& access);

/// 404 not_found, also for a revoked token.
[[nodiscard]] Result<model::PersonalToken> rename_token(db::Connection& database, const OwnProfile& access,
                                                        const PersonalTokenId& token, const std::string& name,
                                                        const model::AuditStamp& stamp);

/// 404 not_found, also for a revoked token.
[[nodiscard]] Result<Done> revoke_token(db::Connection& database, const OwnProfile& access,
                                        const PersonalTokenId& token, const model::AuditStamp& stamp);

// By administrators and the operator. 404 not_found for an account that does not exist.

/// As list_tokens(). Recorded as reading the account.
[[nodiscard]] Result<std::vector<model::PersonalToken>> list_tokens_of(db::Connection& database,
                                                                       const Actor& actor, const UserId& user,
                                                                       const model::AuditStamp& stamp);

/// Revokes all tokens of the account, and returns how many of them were live.
[[nodiscard]] Result<std::int64_t> revoke_tokens_of(db::Connection& database, const Actor& actor,
                                                    const UserId& user, const model::AuditStamp& stamp);

/// By the operator. 404 not_found, also for a revoked token.
[[nodiscard]] Result<Done> revoke_token_of(db::Connection& database, const UserId& user,
                                           const PersonalTokenId& token, const model::AuditStamp& stamp);

}  // namespace taskward::store
