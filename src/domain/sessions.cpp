#include "taskward/domain/sessions.hpp"

#include "taskward/crypto/digest.hpp"
#include "taskward/domain/authenticate.hpp"
#include "taskward/store/sessions.hpp"
#include "taskward/store/users.hpp"

namespace taskward::domain {
namespace {

using crypto::TokenKind;

/// A refresh token before its session is known to the database.
struct FreshRefreshToken {
  Secret text;
  crypto::Sha256 hash{};
};

Timestamp this_second(const Resources& resources) {
  return std::chrono::floor<std::chrono::seconds>(resources.clock.now());
}

FreshRefreshToken make_refresh_token(const Resources& resources, const UserId& user,
                                     const SessionId& session) {
  const Timestamp now = this_second(resources);
  FreshRefreshToken token;
  token.text = resources.tokens()->sign({TokenKind::refresh, user, session,
                                         TokenId::make(resources.clock, resources.random), now,
                                         now + resources.rules.lifetimes.refresh, model::Role::guest});
  token.hash = crypto::sha256(token.text.reveal());
  return token;
}

model::TokenPair make_pair(const Resources& resources, model::User user, const SessionId& session,
                           Secret refresh) {
  const Timestamp now = this_second(resources);
  model::TokenPair pair;
  pair.access_token = resources.tokens()->sign({TokenKind::access, user.id, session,
                                                TokenId::make(resources.clock, resources.random), now,
                                                now + resources.rules.lifetimes.access, user.role});
  pair.refresh_token = std::move(refresh);
  pair.expires_in = resources.rules.lifetimes.access;
  pair.refresh_expires_in = resources.rules.lifetimes.refresh;
  pair.user = std::move(user);
  return pair;
}

store::PresentedToken presented(const crypto::TokenClaims& claims, std::string_view token) {
  return {claims.subject, claims.session, crypto::sha256(token)};
}

/// The password checked, with the same work whatever there is to check it against.
std::optional<store::LoginFailure> check(const Resources& resources,
                                         const std::optional<store::LoginRecord>& record,
                                         const Secret& password) {
  if (!record || !record->password_hash) {
    resources.passwords.verify_nothing(password);
    return record ? store::LoginFailure::no_password : store::LoginFailure::unknown_account;
  }
  if (!resources.passwords.verify(password, *record->password_hash))
    return store::LoginFailure::wrong_password;
  if (!record->user.is_active) return store::LoginFailure::account_inactive;
  return std::nullopt;
}

}  // namespace

Result<model::TokenPair> log_in(const Resources& resources, const model::AccountName& name,
                                const Secret& password, const model::Origin& origin) {
  const auto record = store::find_login(resources.database, name);
  const auto failure = check(resources, record, password);
  const model::AuditStamp stamp = resources.stamp(origin);
  if (failure) {
    const auto user = record ? std::optional(record->user.id) : std::nullopt;
    store::record_failed_login(resources.database, user, *failure, stamp);
    return ErrorCode::invalid_credentials;
  }
  const auto session = SessionId::make(resources.clock, resources.random);
  FreshRefreshToken refresh = make_refresh_token(resources, record->user.id, session);
  auto user = store::insert_session(resources.database,
                                    {record->user.id, session, model::LoginMethod::password, refresh.hash,
                                     resources.rules.lifetimes.refresh},
                                    *record->password_hash, stamp);
  if (!user) {  // deactivated, or given another password, while we were hashing
    store::record_failed_login(resources.database, record->user.id, store::LoginFailure::changed_meanwhile,
                               stamp);
    return ErrorCode::invalid_credentials;
  }
  return make_pair(resources, std::move(*user), session, std::move(refresh.text));
}

Result<model::TokenPair> rotate_tokens(const Resources& resources, std::string_view refresh_token,
                                       const model::Origin& origin) {
  auto claims = resources.tokens()->verify(refresh_token, TokenKind::refresh, resources.clock.now());
  if (!claims) return std::move(claims).error();
  FreshRefreshToken next = make_refresh_token(resources, claims->subject, claims->session);
  auto user = store::rotate_token(resources.database, presented(*claims, refresh_token), next.hash,
                                  resources.rules.lifetimes.refresh, resources.stamp(origin));
  if (!user) return std::move(user).error();
  return make_pair(resources, std::move(*user), claims->session, std::move(next.text));
}

Result<Done> log_out(const Resources& resources, std::string_view token, model::LogoutScope scope,
                     const model::Origin& origin) {
  const auto stamp = resources.stamp(origin);
  if (auto claims = resources.tokens()->verify(token, TokenKind::refresh, resources.clock.now())) {
    return store::revoke_sessions(resources.database, presented(*claims, token), scope, stamp);
  } else if (claims.error().code == ErrorCode::token_expired) {
    return std::move(claims).error();
  }
  auto access = Authentication::verify<model::Permission::own_profile>(resources, token);
  if (!access) return std::move(access).error();
  return store::revoke_sessions(resources.database, *access, scope, stamp);
}

}  // namespace taskward::domain
