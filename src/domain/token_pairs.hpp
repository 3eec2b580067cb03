// Creating the tokens of a session.
#pragma once

#include <optional>

#include "taskward/base/secret.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/sessions.hpp"

namespace taskward::domain {

/// A refresh token and what is stored of it.
struct FreshRefreshToken {
  Secret text;
  store::IssuedToken stored;
};

/// The first refresh token of a session.
[[nodiscard]] FreshRefreshToken make_refresh_token(const Resources& resources, const UserId& user,
                                                   const SessionId& session);

/// The refresh token that replaces the presented one now.
[[nodiscard]] FreshRefreshToken make_successor(const Resources& resources,
                                               const store::PresentedToken& presented);

/// The refresh token that replaced the presented one earlier. Nothing if it cannot be made again, because its
/// key has been revoked or REFRESH_TOKEN_TTL has changed.
[[nodiscard]] std::optional<Secret> make_again(const Resources& resources,
                                               const store::PresentedToken& presented,
                                               const store::IssuedToken& successor);

[[nodiscard]] Secret make_access_token(const Resources& resources, const model::LiveSession& session,
                                       const SessionId& id);

/// The refresh token together with a new access token.
[[nodiscard]] model::TokenPair make_pair(const Resources& resources, model::LiveSession session,
                                         const SessionId& id, Secret refresh);

}  // namespace taskward::domain
