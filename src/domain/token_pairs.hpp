// Creating the tokens of a session.
#pragma once

#include "taskward/base/secret.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"

namespace taskward::domain {

/// A refresh token that is not stored yet.
struct FreshRefreshToken {
  Secret text;
  crypto::Sha256 hash{};
};

[[nodiscard]] FreshRefreshToken make_refresh_token(const Resources& resources, const UserId& user,
                                                   const SessionId& session);

/// The refresh token together with a new access token.
[[nodiscard]] model::TokenPair make_pair(const Resources& resources, model::User user,
                                         const SessionId& session, Secret refresh);

}  // namespace taskward::domain
