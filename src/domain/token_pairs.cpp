#include "token_pairs.hpp"

#include "taskward/crypto/jwt.hpp"

namespace taskward::domain {
namespace {

using crypto::TokenKind;

Timestamp this_second(const Resources& resources) {
  return std::chrono::floor<std::chrono::seconds>(resources.clock.now());
}

}  // namespace

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

}  // namespace taskward::domain
