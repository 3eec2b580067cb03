// Creating personal access tokens. The other actions on them are functions of store/personal_tokens.hpp.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/personal_token.hpp"
#include "taskward/store/personal_tokens.hpp"

namespace taskward::domain {

struct TokenOrder {
  std::string name;
  model::Scopes scopes{};
  /// model::kTokenLifetimeDefault, or TOKEN_MAX_LIFETIME if that is shorter, if omitted.
  std::optional<std::chrono::seconds> lifetime{};
};

struct CreatedToken : model::PersonalToken {
  Secret secret;  ///< the token itself, which is stored nowhere
};

/// 422 validation_failed for a lifetime above TOKEN_MAX_LIFETIME and for scopes that the role does not
/// permit; 422 too_many_tokens.
[[nodiscard]] Result<CreatedToken> create_token(const Resources& resources, const store::OwnProfile& access,
                                                const TokenOrder& order, const model::Origin& origin);

}  // namespace taskward::domain
