// Handlers of personal access tokens.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> create_token(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> list_tokens(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> rename_token(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> revoke_token(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> list_tokens_of(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> revoke_tokens_of(const Call& call, const Administer& access);

[[nodiscard]] Operations token_operations();

}  // namespace taskward::api
