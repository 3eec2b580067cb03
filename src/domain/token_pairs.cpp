#include "token_pairs.hpp"

#include <algorithm>

#include "taskward/crypto/jwt.hpp"

namespace taskward::domain {
namespace {

using crypto::TokenKind;

Timestamp this_second(const Resources& resources) {
  return std::chrono::floor<std::chrono::seconds>(resources.clock.now());
}

crypto::TokenClaims claims_of(const Resources& resources, const UserId& user, const SessionId& session,
                              const TokenId& id, Timestamp issued_at) {
  return {TokenKind::refresh, user, session, id, issued_at, issued_at + resources.rules.lifetimes.refresh};
}

/// Follows from the presented token and the time, so that the successor can be made again.
crypto::TokenClaims claims_of_successor(const Resources& resources, const store::PresentedToken& presented,
                                        Timestamp issued_at) {
  const crypto::Sha256 mac =
      crypto::hmac_sha256(resources.derived_keys.token_ids.reveal(), crypto::view(presented.hash));
  TokenId id;
  std::copy_n(mac.begin(), id.uuid.bytes.size(), id.uuid.bytes.begin());
  // Version 8 (RFC 9562, section 5.8).
  id.uuid.bytes[6] = static_cast<std::uint8_t>(0x80U | (id.uuid.bytes[6] & 0x0fU));
  id.uuid.bytes[8] = static_cast<std::uint8_t>(0x80U | (id.uuid.bytes[8] & 0x3fU));
  return claims_of(resources, presented.user, presented.session, id, issued_at);
}

FreshRefreshToken signed_now(const Resources& resources, const crypto::TokenClaims& claims) {
  FreshRefreshToken token;
  token.text = resources.tokens()->sign(claims);
  token.stored = {crypto::sha256(token.text.reveal()), claims.issued_at};
  return token;
}

}  // namespace

FreshRefreshToken make_refresh_token(const Resources& resources, const UserId& user,
                                     const SessionId& session) {
  return signed_now(resources,
                    claims_of(resources, user, session, TokenId::make(resources.clock, resources.random),
                              this_second(resources)));
}

FreshRefreshToken make_successor(const Resources& resources, const store::PresentedToken& presented) {
  return signed_now(resources, claims_of_successor(resources, presented, this_second(resources)));
}

std::optional<Secret> make_again(const Resources& resources, const store::PresentedToken& presented,
                                 const store::IssuedToken& successor) {
  return resources.tokens()->sign_again(claims_of_successor(resources, presented, successor.issued_at),
                                        successor.hash);
}

Secret make_access_token(const Resources& resources, const model::LiveSession& session, const SessionId& id) {
  const Timestamp now = this_second(resources);
  return resources.tokens()->sign({.kind = TokenKind::access,
                                   .subject = session.user.id,
                                   .session = id,
                                   .id = TokenId::make(resources.clock, resources.random),
                                   .issued_at = now,
                                   .expires_at = now + resources.rules.lifetimes.access,
                                   .role = session.user.role,
                                   .authentication = session.authentication});
}

model::TokenPair make_pair(const Resources& resources, model::LiveSession session, const SessionId& id,
                           Secret refresh) {
  model::TokenPair pair;
  pair.access_token = make_access_token(resources, session, id);
  pair.refresh_token = std::move(refresh);
  pair.expires_in = resources.rules.lifetimes.access;
  pair.refresh_expires_in = resources.rules.lifetimes.refresh;
  pair.user = std::move(session.user);
  return pair;
}

}  // namespace taskward::domain
