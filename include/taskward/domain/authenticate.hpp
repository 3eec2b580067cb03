// Verification of access tokens. The only place where an Access is created.
#pragma once

#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/crypto/jwt.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::domain {

class Authentication {
 public:
  /// Verifies signature, algorithm, type, issuer, audience and validity period of an access token. The
  /// statement that uses the access, or store::check_access, checks session, user and role. 401 invalid_token
  /// or token_expired.
  template <model::Permission P>
  [[nodiscard]] static Result<model::Access<P>> verify(const Resources& resources, std::string_view token) {
    auto claims = resources.tokens()->verify(token, crypto::TokenKind::access, resources.clock.now());
    if (!claims) return std::move(claims).error();
    return model::Access<P>(claims->subject, claims->session);
  }
};

}  // namespace taskward::domain
