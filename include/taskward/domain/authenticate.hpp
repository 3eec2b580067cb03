// Verification of access tokens and personal access tokens. The only place where an Access is created.
#pragma once

#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/jwt.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/store/access.hpp"
#include "taskward/store/personal_tokens.hpp"

namespace taskward::domain {

/// 403 reauthentication_required if `assurance` requires a recent authentication, and that of the access is
/// older than REAUTHENTICATION_AGE. What it requires of the factors is checked by the statement.
[[nodiscard]] Result<Done> require_recent(const Resources& resources, const model::Bearer& access,
                                          model::Assurance assurance);

/// 403 insufficient_scope: no scope permits the request.
[[nodiscard]] Error needs_session();

/// Whether the text is to be a personal access token, rather than an access token.
[[nodiscard]] bool is_for_personal_token(std::string_view token) noexcept;

/// A personal access token that was presented.
struct FoundToken {
  crypto::Sha256 hash{};
  store::TokenIdentity identity;
};

/// The access by a personal access token.
template <model::Permission P>
struct TokenAccess {
  FoundToken token;
  model::Access<P> access;
};

class Authentication {
 public:
  /// Verifies signature, algorithm, type, issuer, audience and validity period of an access token. The
  /// statement that uses the access, or store::check_access, checks session, user, role and second factor;
  /// require_recent() checks the time of the authentication. 401 invalid_token or token_expired.
  template <model::Permission P>
  [[nodiscard]] static Result<model::SessionAccess<P>> verify(
      const Resources& resources, std::string_view token,
      model::Assurance assurance = model::Assurance::usual) {
    auto claims = resources.tokens()->verify(token, crypto::TokenKind::access, resources.clock.now());
    if (!claims) return std::move(claims).error();
    return model::SessionAccess<P>(claims->subject, claims->session, claims->authentication, assurance,
                                   resources.rules.mfa_policy);
  }

  /// The same access with what `assurance` requires of the authentication. 403 reauthentication_required if
  /// it is not recent, insufficient_scope for a personal access token, which has none.
  template <model::Permission P>
  [[nodiscard]] static Result<model::SessionAccess<P>> step_up(const Resources& resources,
                                                               const model::Access<P>& access,
                                                               model::Assurance assurance) {
    if (access.kind() == model::Bearer::Kind::personal_token) return needs_session();
    if (auto recent = require_recent(resources, access, assurance); !recent) return std::move(recent).error();
    return model::SessionAccess<P>(access.user(), SessionId{access.credential()}, access.authentication(),
                                   assurance, resources.rules.mfa_policy);
  }

  /// Finds a personal access token, for a route of the scope. The statement that uses the access, or
  /// store::check_access, checks token, user, role and scope. 401 invalid_token for one that does not exist;
  /// one with a wrong checksum is refused without the database.
  template <model::Permission P>
  [[nodiscard]] static Result<TokenAccess<P>> find(const Resources& resources, std::string_view token,
                                                   model::Scope scope) {
    auto found = find_token(resources, token);
    if (!found) return std::move(found).error();
    return TokenAccess<P>{*found, model::Access<P>(found->identity.owner, found->identity.id, scope,
                                                   resources.rules.mfa_policy)};
  }

 private:
  [[nodiscard]] static Result<FoundToken> find_token(const Resources& resources, std::string_view token);
};

/// Why an access was refused with 403 forbidden: forbidden if the role does not hold the permission,
/// otherwise mfa_enrollment_required or reauthentication_required.
[[nodiscard]] Error refusal_of(const Resources& resources, const model::Bearer& access);

/// The refusal of a personal access token for a route whose scope it lacks, which is recorded: 403
/// insufficient_scope; 401 invalid_token if it is not live.
[[nodiscard]] Error refuse_scope(const Resources& resources, const model::Bearer& access,
                                 store::RefusedRequest request, const model::AuditStamp& stamp);

/// Stores the use of a personal access token if that is due (KnownTokens::is_use_due). What cannot be stored
/// is left out.
void note_use(const Resources& resources, const FoundToken& token, std::string_view client_address) noexcept;

}  // namespace taskward::domain
