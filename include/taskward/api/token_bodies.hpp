// Bodies of the routes of personal access tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/api/parts.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/domain/personal_tokens.hpp"
#include "taskward/model/personal_token.hpp"
#include "taskward/model/scope.hpp"

namespace taskward::api {

template <>
struct ValuesOf<model::Scope> {
  static constexpr auto& all = model::kScopes;
};

struct TokenOrderBody {
  std::string name;
  std::vector<model::Scope> scopes;
  std::optional<std::int64_t> expires_in;  ///< seconds
};
[[nodiscard]] const Shape<TokenOrderBody>& token_order_shape();

struct TokenChangeBody {
  std::string name;
};
[[nodiscard]] const Shape<TokenChangeBody>& token_change_shape();

[[nodiscard]] const Parts<model::PersonalToken>& personal_token_parts();
[[nodiscard]] const Parts<domain::CreatedToken>& created_token_parts();

struct TokenListBody {
  std::vector<model::PersonalToken> items;
};
[[nodiscard]] const Parts<TokenListBody>& token_list_parts();

struct RevokedTokensBody {
  std::int64_t revoked = 0;
};
[[nodiscard]] const Parts<RevokedTokensBody>& revoked_tokens_parts();

}  // namespace taskward::api
