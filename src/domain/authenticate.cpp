#include "taskward/domain/authenticate.hpp"

#include <exception>

#include "taskward/crypto/personal_token.hpp"
#include "taskward/domain/known_tokens.hpp"
#include "taskward/store/access.hpp"

namespace taskward::domain {

Result<Done> require_recent(const Resources& resources, const model::Bearer& access,
                            model::Assurance assurance) {
  using model::Assurance;
  const bool has_both = access.authentication().methods.level() == model::AssuranceLevel::aal2;
  const bool must_be_recent = assurance == Assurance::recent || assurance == Assurance::enrollment ||
                              (assurance == Assurance::confirmed && has_both);
  if (!must_be_recent ||
      access.authentication().at + resources.rules.reauthentication_age > resources.clock.now())
    return Done{};
  return ErrorCode::reauthentication_required;
}

Error needs_session() {
  return {ErrorCode::insufficient_scope, "No personal access token permits this request: log in for it."};
}

Error refusal_of(const Resources& resources, const model::Bearer& access) {
  const auto account = store::find_own_standing(resources.database, access);
  if (!account) return account.error();
  if (!model::holds(account->role, access.permission())) return ErrorCode::forbidden;
  if (!account->has_second_factor) return ErrorCode::mfa_enrollment_required;
  // A personal access token needs no authentication: the account was changed in between.
  if (access.kind() == model::Bearer::Kind::personal_token) return ErrorCode::forbidden;
  return {ErrorCode::reauthentication_required,
          "This request requires an authentication with your second factor; see POST /auth/reauthenticate."};
}

bool is_for_personal_token(std::string_view token) noexcept {
  return token.starts_with(crypto::kPersonalTokenPrefix);
}

Result<FoundToken> Authentication::find_token(const Resources& resources, std::string_view token) {
  if (!crypto::is_personal_token(token))
    return Error(ErrorCode::invalid_token,
                 "The personal access token is mistyped or incomplete: its checksum is wrong.",
                 "wrong checksum");
  const crypto::Sha256 hash = crypto::sha256(token);
  if (const auto known = resources.known_tokens.find(hash)) return FoundToken{hash, *known};
  const auto found = store::find_token(resources.database, hash);
  if (!found)
    return Error(ErrorCode::invalid_token, "The personal access token does not exist.", "unknown token");
  resources.known_tokens.remember(hash, *found);
  return FoundToken{hash, *found};
}

Error refuse_scope(const Resources& resources, const model::Bearer& access, store::RefusedRequest request,
                   const model::AuditStamp& stamp) {
  request.lacks_scope = true;
  auto checked = store::check_access(resources.database, access, stamp, request);
  if (!checked && checked.error().code != ErrorCode::forbidden) return std::move(checked).error();
  const std::string scope(model::name(access.scope()));
  if (access.scope() == model::Scope::none) return needs_session();
  Error refusal(ErrorCode::insufficient_scope, "The personal access token does not have the scope " + scope +
                                                   ", which this request requires.");
  refusal.scope = scope;
  return refusal;
}

void note_use(const Resources& resources, const FoundToken& token, std::string_view client_address) noexcept {
  try {
    if (!resources.known_tokens.is_use_due(token.hash, KnownTokens::Steady::now())) return;
    store::record_token_use(resources.database, token.identity.owner, token.identity.id, client_address);
  } catch (const std::exception&) {
    // The request was handled; the next use is stored a minute later.
  }
}

}  // namespace taskward::domain
