#include "token_endpoints.hpp"

#include "contract_samples.hpp"
#include "query_parameters.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/api/token_bodies.hpp"
#include "taskward/domain/personal_tokens.hpp"
#include "taskward/store/personal_tokens.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Personal access tokens";

}  // namespace

Result<http::Response> create_token(const Call& call, const OwnProfile& access) {
  auto body = read_body(token_order_shape(), call.request);
  if (!body) return std::move(body).error();
  domain::TokenOrder order{std::move(body->name)};
  for (const model::Scope scope : body->scopes) order.scopes.add(scope);
  if (body->expires_in) order.lifetime = std::chrono::seconds(*body->expires_in);
  auto created = domain::create_token(call.resources, access, order, call.origin());
  if (!created) return std::move(created).error();
  http::Response response = secret_response(201, *created, created_token_parts());
  response.with("Location", "/auth/tokens/" + created->id.text());
  return response;
}

Result<http::Response> list_tokens(const Call& call, const OwnProfile& access) {
  auto tokens = store::list_tokens(call.resources.database, access);
  if (!tokens) return std::move(tokens).error();
  return object_response(200, TokenListBody{std::move(*tokens)}, token_list_parts());
}

Result<http::Response> rename_token(const Call& call, const OwnProfile& access) {
  auto body = read_body(token_change_shape(), call.request);
  if (!body) return std::move(body).error();
  auto token = store::rename_token(call.resources.database, access, call.id_as<PersonalTokenId>(), body->name,
                                   call.stamp());
  if (!token) return std::move(token).error();
  return object_response(200, *token, personal_token_parts());
}

Result<http::Response> revoke_token(const Call& call, const OwnProfile& access) {
  auto done =
      store::revoke_token(call.resources.database, access, call.id_as<PersonalTokenId>(), call.stamp());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> list_tokens_of(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto tokens = store::list_tokens_of(call.resources.database, access, call.id_as<UserId>(), call.stamp());
  if (!tokens) return std::move(tokens).error();
  return object_response(200, TokenListBody{std::move(*tokens)}, token_list_parts());
}

Result<http::Response> revoke_tokens_of(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto revoked = store::revoke_tokens_of(call.resources.database, access, call.id_as<UserId>(), call.stamp());
  if (!revoked) return std::move(revoked).error();
  return object_response(200, RevokedTokensBody{*revoked}, revoked_tokens_parts());
}

// ---------------------------------------------------------------- contract

Operations token_operations() {
  return {
      {.route = "create_token",
       .tag = kTag,
       .summary = "Create a personal access token",
       .description =
           "The token is in this response only. It permits what its scopes permit, never more than "
           "the role of its owner at that moment. An account has at most 50 valid tokens.",
       .body = body_of(token_order_shape(),
                       {R"({"name":"Backup script","scopes":["tasks:read"]})",
                        R"({"name":"Editor","scopes":["tasks:read","tasks:write"],"expires_in":2592000})"}),
       .answers = {answer_of(201, "The created token.", samples::created_token(), created_token_parts(),
                             {"Location", "Cache-Control"})},
       .problems = {E::too_many_tokens}},
      {.route = "tokens",
       .tag = kTag,
       .summary = "List the caller's personal access tokens",
       .description = "Returns the tokens, newest first, including those that expired or were revoked in the "
                      "last 30 days.",
       .answers = {answer_of(200, "The tokens.", TokenListBody{{samples::personal_token()}},
                             token_list_parts())}},
      {.route = "change_token",
       .tag = kTag,
       .summary = "Rename a personal access token",
       .description = "Scopes and lifetime do not change: create another token instead.",
       .body = body_of(token_change_shape(), {R"({"name":"Backup script"})"}),
       .answers = {answer_of(200, "The changed token.", samples::personal_token(), personal_token_parts())}},
      {.route = "revoke_token",
       .tag = kTag,
       .summary = "Revoke a personal access token",
       .description = "It is rejected from the next request on.",
       .answers = {no_content("The token was revoked.")}},
      {.route = "user_tokens",
       .tag = "Administration",
       .summary = "List the personal access tokens of an account",
       .description = "Returns the tokens, newest first, including those that expired or were revoked in the "
                      "last 30 days. The access is recorded in the audit log.",
       .answers = {answer_of(200, "The tokens.", TokenListBody{{samples::personal_token()}},
                             token_list_parts())},
       .problems = {E::bad_request, E::validation_failed}},
      {.route = "revoke_user_tokens",
       .tag = "Administration",
       .summary = "Revoke all personal access tokens of an account",
       .description = "They are rejected from the next request on.",
       .answers = {answer_of(200, "The number of revoked tokens.", RevokedTokensBody{2},
                             revoked_tokens_parts())},
       .problems = {E::bad_request, E::validation_failed}},
  };
}

}  // namespace taskward::api
