#include "taskward/domain/sessions.hpp"

#include "taskward/crypto/digest.hpp"
#include "taskward/domain/authenticate.hpp"
#include "taskward/domain/limits.hpp"
#include "taskward/store/sessions.hpp"
#include "token_pairs.hpp"

namespace taskward::domain {
namespace {

using crypto::TokenKind;

store::PresentedToken presented(const crypto::TokenClaims& claims, std::string_view token) {
  return {claims.subject, claims.session, crypto::sha256(token)};
}

}  // namespace

Result<model::TokenPair> rotate_tokens(const Resources& resources, std::string_view refresh_token,
                                       const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kRefreshLimit, origin); !allowed)
    return std::move(allowed).error();
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
