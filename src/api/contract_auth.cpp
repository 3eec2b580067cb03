// The published contract of logging in and out.
#include "contract.hpp"
#include "contract_samples.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
using Token = Operation::Token;
constexpr std::string_view kTag = "Authentication";
constexpr std::string_view kNotStored = "Cache-Control";

AnswerFacts pair(std::string_view meaning) {
  return answer_of(200, meaning, samples::token_pair(), token_pair_parts(), {kNotStored});
}

Operation login(std::string_view route, std::string_view description) {
  return {.route = route,
          .tag = kTag,
          .summary = "Log in with a password",
          .description = description,
          .body = body_of(login_shape(), {R"({"email":"ada@example.org","password":"correct horse battery"})",
                                          R"({"username":"ada","password":"correct horse battery"})"}),
          .answers = {pair("A session has begun.")},
          .problems = {E::invalid_credentials, E::account_locked}};
}

Operation refreshing(std::string_view route, std::string_view description) {
  return {
      .route = route,
      .tag = kTag,
      .summary = "Turn a refresh token in for a new pair",
      .description = description,
      .body = body_of(refresh_shape(),
                      {R"({"refresh_token":"eyJhbGciOiJFUzI1NiIsInR5cCI6InJ0K2p3dCJ9.e30.c2ln"})"},
                      Presence::optional),
      .answers = {pair("The new pair; the old refresh token is dead.")},
      .problems = {E::authentication_required, E::invalid_token, E::token_expired, E::refresh_token_reused},
      .token = Token::refresh};
}

}  // namespace

Operations auth_operations() {
  return {
      {.route = "register",
       .tag = kTag,
       .summary = "Make an account",
       .description =
           "Anybody makes an account for themselves, with the default role or less, unless registration is "
           "closed. A higher role, and a closed registration, take an administrator's access token.",
       .body = body_of(registration_shape(),
                       {R"({"email":"ada@example.org","password":"correct horse battery"})",
                        R"({"username":"ada","password":"correct horse battery","role":"guest"})"}),
       .answers = {answer_of(201, "The account.", samples::user(), user_parts())},
       .problems = {E::invalid_token, E::token_expired, E::forbidden, E::registration_closed, E::email_taken,
                    E::username_taken},
       .token = Token::if_any},
      login(
          "login",
          "Begins a session. The answer and its time are the same whether the account does not exist or the "
          "password is wrong. After 5 failures in a row the name is locked for a while; a code by e-mail "
          "lets its "
          "owner in."),
      login("login_short", "The same as `POST /auth/login`."),
      {.route = "otp_request",
       .tag = kTag,
       .summary = "Ask for a code by e-mail",
       .description =
           "Sends a one-time code to the address. The answer and its time are the same whether or not the "
           "address has an account.",
       .body = body_of(code_request_shape(), {R"({"email":"ada@example.org"})"}),
       .answers = {answer_of(202, "A code is on its way.", samples::code_requested(), code_requested_parts(),
                             {kNotStored})}},
      {.route = "otp_verify",
       .tag = kTag,
       .summary = "Log in with a code",
       .description = "Begins a session; the first one makes the account, unless registration is closed. "
                      "Tries that carry the `challenge` have a "
                      "budget of their own, so nobody else can use the code up.",
       .body =
           body_of(code_login_shape(),
                   {R"({"email":"ada@example.org","otp":"492817","challenge":"mB3xq0V9c1R7tY5uZw2kLg"})"}),
       .answers = {pair("A session has begun.")},
       .problems = {E::invalid_otp}},
      refreshing(
          "refresh",
          "The token comes in the body, or in the `Authorization` header. A dead token that comes again ends "
          "the whole session, unless it died less than 10 seconds ago."),
      refreshing("refresh_short", "The same as `POST /auth/refresh`."),
      {.route = "logout",
       .tag = kTag,
       .summary = "End sessions",
       .description = "With a refresh token in the body, or with either token in the `Authorization` header.",
       .body = body_of(logout_shape(), {R"({"scope":"all"})"}, Presence::optional),
       .answers = {nothing("The sessions have ended.")},
       .problems = {E::authentication_required, E::invalid_token, E::token_expired},
       .token = Token::either},
      {.route = "forgot_password",
       .tag = kTag,
       .summary = "Ask for a code to set a new password",
       .description =
           "Sends a code, or to an address without an account a mail that says so. The answer and its time "
           "are the same.",
       .body = body_of(code_request_shape(), {R"({"email":"ada@example.org"})"}),
       .answers = {answer_of(202, "A code is on its way.", samples::code_requested(), code_requested_parts(),
                             {kNotStored})}},
      {.route = "reset_password",
       .tag = kTag,
       .summary = "Set a new password with a code",
       .description = "Ends every session of the account.",
       .body =
           body_of(password_reset_shape(),
                   {R"({"email":"ada@example.org","otp":"492817","new_password":"a better horse battery"})"}),
       .answers = {nothing("The password is set, and all sessions have ended.")},
       .problems = {E::invalid_otp}},
  };
}

}  // namespace taskward::api
