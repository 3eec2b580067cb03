// From an access token to the access it grants. The only place where an Access is made.
#pragma once

#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/crypto/jwt.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/store/access.hpp"

namespace taskward::domain {

class Authentication {
 public:
  /// Checks signature, algorithm, type, issuer, audience and time of an access token. Session, user
  /// and role are checked by the statement that uses the access. 401 invalid_token or token_expired.
  template <model::Permission P>
  [[nodiscard]] static Result<model::Access<P>> verify(const Resources& resources, std::string_view token) {
    auto claims = resources.tokens()->verify(token, crypto::TokenKind::access, resources.clock.now());
    if (!claims) return std::move(claims).error();
    return model::Access<P>(claims->subject, claims->session);
  }

  /// Whether session, user and role are such now that the access holds. 401 or 403 when not. For
  /// requests that are refused before a statement of their own asks.
  [[nodiscard]] static Result<Done> confirm(const Resources& resources, const model::Bearer& access,
                                            const model::Origin& origin) {
    return store::check_access(resources.database, access, resources.stamp(origin));
  }
};

}  // namespace taskward::domain
