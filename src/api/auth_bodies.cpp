#include "taskward/api/auth_bodies.hpp"

#include "email_field.hpp"
#include "taskward/api/account_bodies.hpp"
#include "text_rules.hpp"
#include "token_responses.hpp"

namespace taskward::api {
namespace {

using Fault = std::optional<FieldFault>;

/// A name at login. It is only looked up, so only its size is limited; PostgreSQL texts cannot contain NUL.
TextRule login_name() {
  return {1, 320, NullMeans::absent, "", "", [](std::string_view field, std::string_view text) -> Fault {
            if (text.find('\0') == std::string_view::npos) return std::nullopt;
            return FieldFault{std::string(field), FaultCode::invalid_character,
                              "must not contain NUL characters"};
          }};
}

Faults require_email_or_username(const std::set<std::string_view>& given) {
  if (given.count("email") != 0 || given.count("username") != 0) return {};
  return {{"email", FaultCode::required, "is required if username is omitted"}};
}

/// Not written if the token is sent as a cookie.
Part<model::TokenPair> refresh_token_part() {
  using model::TokenPair;
  Part<TokenPair> part = api::part<&TokenPair::refresh_token>(
      "refresh_token",
      "A JWT that can be exchanged once for a new token pair. Omitted if `session` is `cookie`.");
  part.is_present = [](const TokenPair& pair) { return !pair.refresh_token.empty(); };
  return part;
}

std::string_view token_type(const model::TokenPair&) { return "Bearer"; }  // RFC 6750

}  // namespace

const Shape<domain::Registration>& registration_shape() {
  using Body = domain::Registration;
  static const Shape<Body> shape{
      "Registration",
      {
          email("email", &Body::email, Presence::optional),
          text("username", &Body::username, Presence::optional, new_username()),
          text("password", &Body::password, Presence::required, new_password()),
          choice("role", &Body::role, Presence::optional, model::kRoles, model::role,
                 [](model::Role role) { return model::name(role); }),
      },
      [](const std::set<std::string_view>& given, const auto&) { return require_email_or_username(given); }};
  return shape;
}

const Shape<LoginBody>& login_shape() {
  static const Shape<LoginBody> shape{
      "Login",
      {
          text("email", &LoginBody::email, Presence::optional, login_name()),
          text("username", &LoginBody::username, Presence::optional, login_name()),
          text("password", &LoginBody::password, Presence::required, any_password()),
          text("totp", &LoginBody::totp, Presence::optional, totp_code()),
          session_kind_field<LoginBody>(),
      },
      [](const std::set<std::string_view>& given, const auto&) -> Faults {
        if (given.count("email") != 0 && given.count("username") != 0) {
          return {{"username", FaultCode::invalid_value, "must not be combined with email"}};
        }
        return require_email_or_username(given);
      }};
  return shape;
}

const Shape<RefreshBody>& refresh_shape() {
  static const Shape<RefreshBody> shape{"Refresh",
                                        {text("refresh_token", &RefreshBody::refresh_token,
                                              Presence::optional, {1, 0, NullMeans::absent, "", "", {}})},
                                        {}};
  return shape;
}

const Shape<LogoutBody>& logout_shape() {
  static const Shape<LogoutBody> shape{
      "Logout",
      {
          text("refresh_token", &LogoutBody::refresh_token, Presence::optional,
               {1, 0, NullMeans::absent, "", "", {}}),
          choice("scope", &LogoutBody::scope, Presence::optional, model::kLogoutScopes, model::logout_scope,
                 [](model::LogoutScope scope) { return model::name(scope); }),
      },
      {}};
  return shape;
}

const Shape<CodeRequestBody>& code_request_shape() {
  using Body = CodeRequestBody;
  static const Shape<Body> shape{"CodeRequest", {email("email", &Body::email, Presence::required)}, {}};
  return shape;
}

const Shape<CodeLoginBody>& code_login_shape() {
  using Body = CodeLoginBody;
  static const Shape<Body> shape{
      "CodeLogin",
      {
          email("email", &Body::email, Presence::required),
          text("otp", &Body::otp, Presence::required, one_time_code()),
          text("challenge", &Body::challenge, Presence::optional, code_challenge()),
          text("totp", &Body::totp, Presence::optional, totp_code()),
          session_kind_field<Body>(),
      },
      {}};
  return shape;
}

const Shape<PasswordResetBody>& password_reset_shape() {
  using Body = PasswordResetBody;
  static const Shape<Body> shape{
      "PasswordReset",
      {
          email("email", &Body::email, Presence::required),
          text("otp", &Body::otp, Presence::required, one_time_code()),
          text("challenge", &Body::challenge, Presence::optional, code_challenge()),
          text("new_password", &Body::new_password, Presence::required, new_password()),
      },
      {}};
  return shape;
}

const Parts<model::TokenPair>& token_pair_parts() {
  using model::TokenPair;
  static const Parts<TokenPair> parts{
      "TokenPair",
      {
          part<&TokenPair::access_token>("access_token", "A JWT access token (RFC 9068)."),
          refresh_token_part(),
          derived_part<TokenPair, &token_type>("token_type"),
          part<&TokenPair::expires_in>("expires_in", "The lifetime of the access token in seconds."),
          part<&TokenPair::refresh_expires_in>("refresh_expires_in",
                                               "The lifetime of the refresh token in seconds."),
          object_part<&TokenPair::user, &user_parts>("user"),
      }};
  return parts;
}

const Parts<domain::CodeRequested>& code_requested_parts() {
  using domain::CodeRequested;
  static const Parts<CodeRequested> parts{
      "CodeRequested",
      {
          part<&CodeRequested::challenge>("challenge", "To be sent together with the code."),
          part<&CodeRequested::expires_in>("expires_in", "The lifetime of the code in seconds."),
          part<&CodeRequested::resend_after>("resend_after", "Seconds until another code can be requested."),
      }};
  return parts;
}

}  // namespace taskward::api
