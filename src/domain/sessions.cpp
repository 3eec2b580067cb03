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
  return {claims.subject, claims.session, crypto::sha256(token), claims.is_former};
}

}  // namespace

Result<model::TokenPair> rotate_tokens(const Resources& resources, std::string_view refresh_token,
                                       const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kRefreshLimit, origin); !allowed)
    return std::move(allowed).error();
  auto claims = resources.tokens()->verify(refresh_token, TokenKind::refresh, resources.clock.now());
  if (!claims) return std::move(claims).error();
  const store::PresentedToken old = presented(*claims, refresh_token);
  FreshRefreshToken next = make_successor(resources, old);
  auto rotation = store::rotate_token(resources.database, old, next.stored, resources.rules.lifetimes.refresh,
                                      resources.stamp(origin));
  if (!rotation) return std::move(rotation).error();
  if (auto* session = std::get_if<model::LiveSession>(&*rotation))
    return make_pair(resources, std::move(*session), claims->session, std::move(next.text));

  const auto& sent = std::get<store::IssuedToken>(*rotation);
  auto again = make_again(resources, old, sent);
  auto session = store::grant_again(resources.database, old, again ? std::optional(sent.hash) : std::nullopt,
                                    resources.stamp(origin));
  if (!session) return std::move(session).error();
  return make_pair(resources, std::move(*session), claims->session, std::move(*again));
}

Result<Done> log_out(const Resources& resources, std::string_view token, model::LogoutScope scope,
                     const model::Origin& origin) {
  const auto stamp = resources.stamp(origin);
  if (auto claims = resources.tokens()->verify(token, TokenKind::refresh, resources.clock.now())) {
    return store::revoke_sessions(resources.database, presented(*claims, token), scope, stamp);
  } else if (claims.error().code == ErrorCode::token_expired) {
    return std::move(claims).error();
  }
  auto access =
      Authentication::verify<model::Permission::own_profile>(resources, token, model::Assurance::session);
  if (!access) return std::move(access).error();
  return store::revoke_sessions(resources.database, *access, scope, stamp);
}

}  // namespace taskward::domain
