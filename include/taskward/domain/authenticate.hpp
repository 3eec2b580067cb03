// Verification of access tokens. The only place where an Access is created.
#pragma once

#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/crypto/jwt.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::domain {

/// 403 reauthentication_required if `assurance` requires a recent authentication, and that of the access is
/// older than REAUTHENTICATION_AGE. What it requires of the factors is checked by the statement.
[[nodiscard]] Result<Done> require_recent(const Resources& resources, const model::Bearer& access,
                                          model::Assurance assurance);

class Authentication {
 public:
  /// Verifies signature, algorithm, type, issuer, audience and validity period of an access token. The
  /// statement that uses the access, or store::check_access, checks session, user, role and second factor;
  /// require_recent() checks the time of the authentication. 401 invalid_token or token_expired.
  template <model::Permission P>
  [[nodiscard]] static Result<model::Access<P>> verify(const Resources& resources, std::string_view token,
                                                       model::Assurance assurance = model::Assurance::usual) {
    auto claims = resources.tokens()->verify(token, crypto::TokenKind::access, resources.clock.now());
    if (!claims) return std::move(claims).error();
    return model::Access<P>(claims->subject, claims->session, claims->authentication, assurance,
                            resources.rules.mfa_policy);
  }

  /// The same access with what `assurance` requires of the authentication. 403 reauthentication_required if
  /// it is not recent.
  template <model::Permission P>
  [[nodiscard]] static Result<model::Access<P>> step_up(const Resources& resources,
                                                        const model::Access<P>& access,
                                                        model::Assurance assurance) {
    if (auto recent = require_recent(resources, access, assurance); !recent) return std::move(recent).error();
    return model::Access<P>(access.user(), access.session(), access.authentication(), assurance,
                            resources.rules.mfa_policy);
  }
};

/// Why an access was refused with 403 forbidden: forbidden if the role does not hold the permission,
/// otherwise mfa_enrollment_required or reauthentication_required.
[[nodiscard]] Error refusal_of(const Resources& resources, const model::Bearer& access);

}  // namespace taskward::domain
