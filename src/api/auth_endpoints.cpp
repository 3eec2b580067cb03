#include "taskward/api/bodies.hpp"
#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/accounts.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/sessions.hpp"

namespace taskward::api {
namespace {

http::Response token_pair(const model::TokenPair& pair) {
  http::Response response = object_response(200, pair, token_pair_parts());
  response.with("Cache-Control", "no-store");
  return response;
}

/// The token of the body, or else the one of the header.
Result<std::string_view> token_of(const Call& call, const std::optional<Secret>& in_body) {
  if (in_body) return in_body->reveal();
  return required_token(call.request);
}

}  // namespace

Result<http::Response> register_account(const Call& call) {
  auto body = read_body(registration_shape(), call.request);
  if (!body) return std::move(body).error();
  std::optional<domain::Administrator> administrator;
  // Anybody may make an account for themselves, so a token matters only where more is asked for.
  if (domain::needs_administrator(call.resources.rules, *body) && !call.request.authorization.empty()) {
    auto token = required_token(call.request);
    if (!token) return std::move(token).error();
    auto access = domain::Authentication::verify<model::Permission::administer>(call.resources, *token);
    if (!access) return std::move(access).error();
    administrator = *access;
  }
  auto user = domain::register_account(call.resources, *body, administrator, call.origin());
  if (!user) return std::move(user).error();
  return object_response(201, *user, user_parts());
}

Result<http::Response> log_in(const Call& call) {
  auto body = read_body(login_shape(), call.request);
  if (!body) return std::move(body).error();
  const auto name = model::AccountName::of(body->email ? *body->email : *body->username);
  auto pair = domain::log_in(call.resources, name, body->password, call.origin());
  if (!pair) return std::move(pair).error();
  return token_pair(*pair);
}

Result<http::Response> request_login_code(const Call& call) {
  auto body = read_body(code_request_shape(), call.request);
  if (!body) return std::move(body).error();
  auto requested = domain::request_login_code(call.resources, body->email, call.origin());
  if (!requested) return std::move(requested).error();
  return code_requested(*requested);
}

Result<http::Response> log_in_by_code(const Call& call) {
  auto body = read_body(code_login_shape(), call.request);
  if (!body) return std::move(body).error();
  const domain::GivenCode code{std::move(body->otp), std::move(body->challenge)};
  auto pair = domain::log_in(call.resources, body->email, code, call.origin());
  if (!pair) return std::move(pair).error();
  return token_pair(*pair);
}

Result<http::Response> refresh(const Call& call) {
  auto body = read_body(refresh_shape(), call.request, Presence::optional);
  if (!body) return std::move(body).error();
  auto token = token_of(call, body->refresh_token);
  if (!token) return std::move(token).error();
  auto pair = domain::rotate_tokens(call.resources, *token, call.origin());
  if (!pair) return std::move(pair).error();
  return token_pair(*pair);
}

Result<http::Response> log_out(const Call& call) {
  auto body = read_body(logout_shape(), call.request, Presence::optional);
  if (!body) return std::move(body).error();
  auto token = token_of(call, body->refresh_token);
  if (!token) return std::move(token).error();
  const auto scope = body->scope.value_or(model::LogoutScope::session);
  auto done = domain::log_out(call.resources, *token, scope, call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

}  // namespace taskward::api
