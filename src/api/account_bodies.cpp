#include "taskward/api/account_bodies.hpp"

#include "email_field.hpp"
#include "text_rules.hpp"
#include "user_part_list.hpp"

namespace taskward::api {

const Shape<PasswordChangeBody>& password_change_shape() {
  using Body = PasswordChangeBody;
  static const Shape<Body> shape{
      "PasswordChange",
      {
          text("current_password", &Body::current_password, Presence::required, any_password()),
          text("new_password", &Body::new_password, Presence::required, new_password()),
      },
      {}};
  return shape;
}

const Shape<ProfileChangeBody>& profile_change_shape() {
  using Body = ProfileChangeBody;
  static const Shape<Body> shape{
      "ProfileChange",
      {
          text("name", &Body::name, Presence::optional, display_name()),
          text("username", &Body::username, Presence::optional, not_null(new_username())),
          email("email", &Body::email, Presence::optional, NullMeans::wrong_type),
          text("otp", &Body::otp, Presence::optional, one_time_code()),
          text("challenge", &Body::challenge, Presence::optional, code_challenge()),
      },
      [](const std::set<std::string_view>& given, const auto&) -> Faults {
        const auto has = [&](std::string_view name) { return given.count(name) != 0; };
        Faults faults;
        if (has("email") && (has("name") || has("username")))
          faults.push_back({"email", FaultCode::invalid_value, "must be changed in a separate request"});
        if (!has("email") && has("otp"))
          faults.push_back(
              {"email", FaultCode::required, "is required with otp: the address to which the code was sent"});
        if (!has("otp") && has("challenge"))
          faults.push_back({"otp", FaultCode::required, "is required with challenge"});
        return faults;
      }};
  return shape;
}

const Shape<AccountDeletionBody>& account_deletion_shape() {
  using Body = AccountDeletionBody;
  static const Shape<Body> shape{
      "AccountDeletion",
      {
          text("password", &Body::password, Presence::optional, any_password()),
          text("otp", &Body::otp, Presence::optional, one_time_code()),
          text("challenge", &Body::challenge, Presence::optional, code_challenge()),
      },
      [](const std::set<std::string_view>& given, const auto&) -> Faults {
        const auto has = [&](std::string_view name) { return given.count(name) != 0; };
        if (!has("password") && !has("otp")) {
          return {{"password", FaultCode::required,
                   "is required if otp is omitted; POST /auth/otp/request sends a code"}};
        }
        if (has("password") && has("otp"))
          return {{"password", FaultCode::invalid_value, "must not be combined with otp"}};
        if (has("challenge") && !has("otp"))
          return {{"otp", FaultCode::required, "is required with challenge"}};
        return {};
      }};
  return shape;
}

const Parts<model::User>& user_parts() {
  static const Parts<model::User> parts{"User", user_part_list<model::User>()};
  return parts;
}

namespace {

const Parts<store::FactorState>& factor_parts() {
  using store::FactorState;
  static const Parts<FactorState> parts{
      "SecondFactors",
      {
          part<&FactorState::has_totp>("totp", "Whether TOTP is enabled."),
          part<&FactorState::passkeys>("passkeys", "The number of passkeys."),
          part<&FactorState::recovery_codes>("recovery_codes", "The number of unused recovery codes."),
      }};
  return parts;
}

}  // namespace

const Parts<store::OwnAccount>& own_account_parts() {
  using Account = store::OwnAccount;
  static const Parts<Account> parts = [] {
    Parts<Account> own{"OwnAccount", user_part_list<Account>()};
    own.list.push_back(object_part<&Account::factors, &factor_parts>("second_factors"));
    return own;
  }();
  return parts;
}

const Parts<model::Session>& session_parts() {
  using model::Session;
  static const Parts<Session> parts{
      "Session",
      {
          part<&Session::id>("id"),
          part<&Session::method>("method", "The first factor of the login: password, otp or passkey."),
          part<&Session::created_at>("created_at"),
          part<&Session::last_used_at>("last_used_at"),
          part<&Session::expires_at>("expires_at"),
          part<&Session::client_address>("client_address", "The address of the last request."),
          part<&Session::user_agent>("user_agent"),
          derived_part<Session, [](const Session& s) { return s.authentication.methods.level(); }>(
              "acr", "The authenticator assurance level (NIST SP 800-63B)."),
          derived_part<Session, [](const Session& s) { return s.authentication.methods.names(); }>(
              "amr", "The methods of authentication (RFC 8176)."),
          derived_part<Session, [](const Session& s) { return s.authentication.at; }>(
              "auth_time", "The time of the last authentication."),
          part<&Session::current>("current", "Whether it is the session of this request."),
      }};
  return parts;
}

const Parts<SessionListBody>& session_list_parts() {
  static const Parts<SessionListBody> parts{"SessionList",
                                            {objects_part<&SessionListBody::items, &session_parts>("items")}};
  return parts;
}

const Parts<model::AuditEvent>& activity_parts() {
  using model::AuditEvent;
  static const Parts<AuditEvent> parts{
      "ActivityEvent",
      {
          part<&AuditEvent::id>("id"),
          part<&AuditEvent::at>("at"),
          part<&AuditEvent::action>("action"),
          part<&AuditEvent::outcome>("outcome"),
          part<&AuditEvent::reason>("reason"),
          part<&AuditEvent::client_address>("client_address"),
          part<&AuditEvent::user_agent>("user_agent"),
          part<&AuditEvent::request_id>("request_id"),
          part<&AuditEvent::changed_fields>("changed_fields"),
          part<&AuditEvent::token_id>("token_id", "The personal access token that was used."),
      }};
  return parts;
}

const Parts<ActivityPageBody>& activity_page_parts() {
  using Body = ActivityPageBody;
  static const Parts<Body> parts{
      "ActivityPage",
      {
          objects_part<&Body::items, &activity_parts>("items"),
          part<&Body::limit>("limit"),
          part_if_any<&Body::next_cursor>("next_cursor", "Present if there may be more events."),
      }};
  return parts;
}

}  // namespace taskward::api
