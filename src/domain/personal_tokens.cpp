#include "taskward/domain/personal_tokens.hpp"

#include <algorithm>

#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/personal_token.hpp"

namespace taskward::domain {

Result<CreatedToken> create_token(const Resources& resources, const store::OwnProfile& access,
                                  const TokenOrder& order, const model::Origin& origin) {
  const std::chrono::seconds most = resources.rules.token_max_lifetime;
  const std::chrono::seconds lifetime = order.lifetime.value_or(std::min(model::kTokenLifetimeDefault, most));
  if (lifetime > most) {
    return validation_failed({{"expires_in", FaultCode::out_of_range,
                               "must be at most " + std::to_string(most.count()) + " (TOKEN_MAX_LIFETIME)"}});
  }
  CreatedToken created;
  created.secret = crypto::new_personal_token(resources.random);
  auto token =
      store::insert_token(resources.database, access,
                          {PersonalTokenId::make(resources.clock, resources.random),
                           crypto::sha256(created.secret.reveal()), order.name, order.scopes, lifetime},
                          resources.stamp(origin));
  if (!token) return std::move(token).error();
  static_cast<model::PersonalToken&>(created) = std::move(*token);
  return created;
}

}  // namespace taskward::domain
