#include "auth_endpoints.hpp"

#include "contract_samples.hpp"
#include "taskward/api/account_bodies.hpp"
#include "taskward/api/auth_bodies.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/accounts.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/passwords.hpp"
#include "taskward/domain/sessions.hpp"
#include "token_responses.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
using Token = Operation::Token;
constexpr std::string_view kTag = "Authentication";

/// The token pair, or what is needed to complete the login, unless the request has the second factor too.
Result<http::Response> login_response(const Call& call, Result<domain::LoginOutcome>&& login,
                                      std::optional<Secret>&& totp,
                                      std::optional<model::SessionKind> session) {
  const auto kind = session.value_or(model::SessionKind::token);
  if (!login) return std::move(login).error();
  if (auto* pair = std::get_if<model::TokenPair>(&*login)) return token_pair_response(std::move(*pair), kind);
  const auto& required = std::get<domain::SecondFactorRequired>(*login);
  if (!totp) return second_factor_problem(required, call.request.request_id);
  auto pair =
      domain::complete_login(call.resources, required.mfa_token, {std::move(totp), {}}, call.origin());
  // With the token the client can try again, without another first factor.
  if (!pair && pair.error().code == E::invalid_mfa_code)
    return second_factor_problem(required, call.request.request_id, E::invalid_mfa_code);
  if (!pair) return std::move(pair).error();
  return token_pair_response(std::move(*pair), kind);
}

/// The token of the body if there is one, otherwise that of the Authorization header, otherwise the refresh
/// token of the cookie.
struct GivenToken {
  std::string_view text;
  model::SessionKind kind = model::SessionKind::token;
};
Result<GivenToken> token_of(const Call& call, const std::optional<Secret>& in_body) {
  if (in_body) return GivenToken{in_body->reveal()};
  if (!call.request.authorization) {
    const auto cookie = refresh_cookie(call.request);
    if (!cookie) return cookie.error();
    if (*cookie) return GivenToken{**cookie, model::SessionKind::cookie};
  }
  auto token = required_token(call.request);
  if (!token) return std::move(token).error();
  return GivenToken{*token};
}

}  // namespace

Result<http::Response> register_account(const Call& call) {
  auto body = read_body(registration_shape(), call.request);
  if (!body) return std::move(body).error();
  std::optional<domain::Administrator> administrator;
  // Ordinary registration needs no token, so a token is only checked if an administrator's is required.
  if (domain::needs_administrator(call.resources.rules, *body) && call.request.authorization) {
    auto token = required_token(call.request);
    if (!token) return std::move(token).error();
    auto access = session_access<model::Permission::administer>(call, *token);
    if (!access) return std::move(access).error();
    administrator = *access;
  }
  auto user = domain::register_account(call.resources, *body, administrator, call.origin());
  if (!user && user.error().code == E::forbidden && administrator)
    return domain::refusal_of(call.resources, *administrator);
  if (!user) return std::move(user).error();
  return object_response(201, *user, user_parts());
}

Result<http::Response> log_in(const Call& call) {
  auto body = read_body(login_shape(), call.request);
  if (!body) return std::move(body).error();
  const auto name = model::AccountName::of(body->email ? *body->email : *body->username);
  return login_response(call, domain::log_in(call.resources, name, body->password, call.origin()),
                        std::move(body->totp), body->session);
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
  const domain::SubmittedCode code{std::move(body->otp), std::move(body->challenge)};
  return login_response(call, domain::log_in(call.resources, body->email, code, call.origin()),
                        std::move(body->totp), body->session);
}

Result<http::Response> refresh(const Call& call) {
  auto body = read_body(refresh_shape(), call.request, Presence::optional);
  if (!body) return std::move(body).error();
  auto token = token_of(call, body->refresh_token);
  if (!token) return std::move(token).error();
  auto pair = domain::rotate_tokens(call.resources, token->text, call.origin());
  if (!pair) return std::move(pair).error();
  return token_pair_response(std::move(*pair), token->kind);
}

Result<http::Response> log_out(const Call& call) {
  auto body = read_body(logout_shape(), call.request, Presence::optional);
  if (!body) return std::move(body).error();
  auto token = token_of(call, body->refresh_token);
  if (!token) return std::move(token).error();
  const auto scope = body->scope.value_or(model::LogoutScope::session);
  auto done = domain::log_out(call.resources, token->text, scope, call.origin());
  if (!done) return std::move(done).error();
  http::Response response(204);
  if (token->kind == model::SessionKind::cookie) clear_refresh_cookie(response);
  return response;
}

Result<http::Response> request_password_reset(const Call& call) {
  auto body = read_body(code_request_shape(), call.request);
  if (!body) return std::move(body).error();
  auto requested = domain::request_password_reset(call.resources, body->email, call.origin());
  if (!requested) return std::move(requested).error();
  return code_requested(*requested);
}

Result<http::Response> reset_password(const Call& call) {
  auto body = read_body(password_reset_shape(), call.request);
  if (!body) return std::move(body).error();
  auto done =
      domain::reset_password(call.resources, body->email, {std::move(body->otp), std::move(body->challenge)},
                             body->new_password, call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

// ---------------------------------------------------------------- contract

namespace {

AnswerFacts code_requested_answer() {
  return answer_of(202, "The request was accepted; an e-mail will be sent.", samples::code_requested(),
                   code_requested_parts(), {"Cache-Control"});
}

Operation login_operation(std::string_view route, std::string_view description) {
  return {.route = route,
          .tag = kTag,
          .summary = "Log in with a password",
          .description = description,
          .body = body_of(login_shape(), {R"({"email":"ada@example.org","password":"correct horse battery"})",
                                          R"({"username":"ada","password":"correct horse battery"})"}),
          .answers = {token_pair_answer("A session was started.")},
          .problems = {E::invalid_credentials, E::account_locked, E::mfa_required, E::invalid_mfa_code,
                       E::totp_locked}};
}

Operation refresh_operation(std::string_view route, std::string_view description) {
  return {.route = route,
          .tag = kTag,
          .summary = "Refresh the tokens",
          .description = description,
          .body = body_of(refresh_shape(),
                          {R"({"refresh_token":"eyJhbGciOiJIUzI1NiIsInR5cCI6InJ0K2p3dCJ9.e30.c2ln"})"},
                          Presence::optional),
          .answers = {token_pair_answer("A new token pair; the presented refresh token is no longer valid.")},
          .problems = {E::authentication_required, E::invalid_token, E::token_expired,
                       E::refresh_token_reused, E::cross_origin_request},
          .token = Token::refresh};
}

}  // namespace

Operations auth_operations() {
  return {
      {.route = "register",
       .tag = kTag,
       .summary = "Register an account",
       .description =
           "Creates an account with the default role or a lower one. An administrator's access token is "
           "required for a higher role, and for every registration if public registration is closed.",
       .body = body_of(registration_shape(),
                       {R"({"email":"ada@example.org","password":"correct horse battery"})",
                        R"({"username":"ada","password":"correct horse battery","role":"guest"})"}),
       .answers = {answer_of(201, "The created account.", samples::user(), user_parts())},
       .problems = {E::invalid_token, E::token_expired, E::insufficient_scope, E::forbidden,
                    E::registration_closed, E::email_taken, E::username_taken},
       .token = Token::if_any},
      login_operation(
          "login",
          "Starts a session. The response and its timing do not reveal whether the account "
          "exists or the password is wrong. Five consecutive failures lock the name for a while; "
          "logging in with a code sent by e-mail unlocks it. An account with a second factor gets 403 "
          "`mfa_required` with an `mfa_token` for `POST /auth/mfa`, unless `totp` is included."),
      login_operation("login_short", "Same as `POST /auth/login`."),
      {.route = "otp_request",
       .tag = kTag,
       .summary = "Request a login code",
       .description = "Sends a one-time code to the e-mail address. The response and its timing do not "
                      "reveal whether the address has an account.",
       .body = body_of(code_request_shape(), {R"({"email":"ada@example.org"})"}),
       .answers = {code_requested_answer()}},
      {.route = "otp_verify",
       .tag = kTag,
       .summary = "Log in with a code",
       .description = "Starts a session. The first login creates the account, unless registration is closed. "
                      "Attempts that include the `challenge` are counted separately, so that other clients "
                      "cannot use up the attempts for the code.",
       .body =
           body_of(code_login_shape(),
                   {R"({"email":"ada@example.org","otp":"492817","challenge":"mB3xq0V9c1R7tY5uZw2kLg"})"}),
       .answers = {token_pair_answer("A session was started.")},
       .problems = {E::invalid_otp, E::mfa_required, E::invalid_mfa_code, E::totp_locked}},
      refresh_operation("refresh",
                        "Exchanges a refresh token, sent in the body or in the `Authorization` header, for a "
                        "new token pair. Reusing a refresh token ends its session, except within 10 seconds "
                        "after it was first used and until the new one is used: the client that used it then "
                        "receives the same new refresh token again, and other clients are refused."),
      refresh_operation("refresh_short", "Same as `POST /auth/refresh`."),
      {.route = "logout",
       .tag = kTag,
       .summary = "Log out",
       .description = "Ends the session, or all sessions with the scope `all`. Requires a refresh token in "
                      "the body, or a token of either kind in the `Authorization` header.",
       .body = body_of(logout_shape(), {R"({"scope":"all"})"}, Presence::optional),
       .answers = {no_content("The sessions have ended.")},
       .problems = {E::authentication_required, E::invalid_token, E::token_expired, E::cross_origin_request},
       .token = Token::either},
      {.route = "forgot_password",
       .tag = kTag,
       .summary = "Request a password reset code",
       .description = "Sends a one-time code to the e-mail address, or, if the address has no account, a "
                      "message that says so. The response and its timing are the same.",
       .body = body_of(code_request_shape(), {R"({"email":"ada@example.org"})"}),
       .answers = {code_requested_answer()}},
      {.route = "reset_password",
       .tag = kTag,
       .summary = "Reset the password with a code",
       .description = "Sets a new password and ends all sessions of the account.",
       .body =
           body_of(password_reset_shape(),
                   {R"({"email":"ada@example.org","otp":"492817","new_password":"a better horse battery"})"}),
       .answers = {no_content("The password was changed and all sessions have ended.")},
       .problems = {E::invalid_otp}},
  };
}

}  // namespace taskward::api
