#include "taskward/api/bodies.hpp"

#include <algorithm>
#include <array>

#include "taskward/base/text.hpp"
#include "taskward/domain/password_policy.hpp"

namespace taskward::api {
namespace {

using Fault = std::optional<FieldFault>;

Fault email_fault(std::string_view field, std::string_view text) {
  if (model::is_email_address(text)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_format,
                    "must be an e-mail address such as ada@example.org"};
}

Fault username_fault(std::string_view field, std::string_view text) {
  if (model::is_username(text)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_format,
                    "must hold only letters, digits, '.', '_' and '-', and begin with a letter or digit"};
}

Fault new_password_fault(std::string_view field, std::string_view text) {
  return domain::password_fault(field, Secret(text));
}

Fault title_fault(std::string_view field, std::string_view text) {
  if (std::string_view(text).find_first_not_of(" \t\n") == std::string_view::npos) {
    return FieldFault{std::string(field), FaultCode::invalid_value, "must hold more than white space"};
  }
  return control_character_fault(field, text);
}

TextRule new_email() { return {3, model::kEmailMaxBytes, NullMeans::absent, "email", "", email_fault}; }

TextRule new_username() {
  return {model::kUsernameMinBytes,
          model::kUsernameMaxBytes,
          NullMeans::absent,
          "",
          "Letters, digits, '.', '_' and '-'; first a letter or digit.",
          username_fault};
}

TextRule new_password() {
  return {0,
          0,
          NullMeans::wrong_type,
          "password",
          "8 characters to 72 bytes, and none that many people use.",
          new_password_fault};
}

/// One that is checked, not judged: only its size is bounded.
TextRule any_password() { return {1, 1024, NullMeans::wrong_type, "password", "", {}}; }

Fault code_fault(std::string_view field, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_format, "must be the digits of the code"};
}

TextRule code_rule() { return {1, 16, NullMeans::wrong_type, "", "The digits of the code.", code_fault}; }

TextRule challenge_rule() { return {1, 64, NullMeans::absent, "", "What asking for the code gave.", {}}; }

Fault name_fault(std::string_view field, std::string_view text) {
  if (text.find_first_of("\t\n") == std::string_view::npos) return control_character_fault(field, text);
  return FieldFault{std::string(field), FaultCode::invalid_character, "must be one line without tabs"};
}

/// An account keeps its names: they are changed, not taken away.
TextRule not_null(TextRule rule) {
  rule.null = NullMeans::wrong_type;
  return rule;
}

/// At login a name is looked up, not judged: only its size is bounded, and a NUL is in no name.
TextRule any_name() {
  return {1, 320, NullMeans::absent, "", "", [](std::string_view field, std::string_view text) -> Fault {
            if (text.find('\0') == std::string_view::npos) return std::nullopt;
            return FieldFault{std::string(field), FaultCode::invalid_character, "must not hold a NUL"};
          }};
}

TextRule title_rule() {
  return {1, model::kTitleMaxCharacters, NullMeans::wrong_type, "", "More than white space.", title_fault};
}

TextRule description_rule() {
  return {0, model::kDescriptionMaxCharacters, NullMeans::empty, "", "", control_character_fault};
}

template <class T, class Member>
Field<T> status_field(Member T::*member) {
  return choice("status", member, Presence::optional, model::kTaskStatuses, model::task_status,
                [](model::TaskStatus status) { return model::name(status); });
}

std::vector<FieldFault> one_name_or_both(const std::set<std::string_view>& given) {
  if (given.count("email") != 0 || given.count("username") != 0) return {};
  return {{"email", FaultCode::required, "email or username is required"}};
}

}  // namespace

const Shape<domain::Registration>& registration_shape() {
  using Body = domain::Registration;
  static const Shape<Body> shape{"Registration",
                                 {
                                     text("email", &Body::email, Presence::optional, new_email()),
                                     text("username", &Body::username, Presence::optional, new_username()),
                                     text("password", &Body::password, Presence::required, new_password()),
                                     choice("role", &Body::role, Presence::optional, model::kRoles,
                                            model::role, [](model::Role role) { return model::name(role); }),
                                 },
                                 one_name_or_both};
  return shape;
}

const Shape<LoginBody>& login_shape() {
  static const Shape<LoginBody> shape{
      "Login",
      {
          text("email", &LoginBody::email, Presence::optional, any_name()),
          text("username", &LoginBody::username, Presence::optional, any_name()),
          text("password", &LoginBody::password, Presence::required, any_password()),
      },
      [](const std::set<std::string_view>& given) -> std::vector<FieldFault> {
        if (given.count("email") != 0 && given.count("username") != 0) {
          return {{"username", FaultCode::invalid_value, "give email or username, not both"}};
        }
        return one_name_or_both(given);
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
  static const Shape<Body> shape{
      "CodeRequest", {text("email", &Body::email, Presence::required, new_email())}, {}};
  return shape;
}

const Shape<CodeLoginBody>& code_login_shape() {
  using Body = CodeLoginBody;
  static const Shape<Body> shape{
      "CodeLogin",
      {
          text("email", &Body::email, Presence::required, new_email()),
          text("otp", &Body::otp, Presence::required, code_rule()),
          text("challenge", &Body::challenge, Presence::optional, challenge_rule()),
      },
      {}};
  return shape;
}

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

const Shape<PasswordResetBody>& password_reset_shape() {
  using Body = PasswordResetBody;
  static const Shape<Body> shape{
      "PasswordReset",
      {
          text("email", &Body::email, Presence::required, new_email()),
          text("otp", &Body::otp, Presence::required, code_rule()),
          text("challenge", &Body::challenge, Presence::optional, challenge_rule()),
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
          text("name", &Body::name, Presence::optional,
               {0, model::kNameMaxCharacters, NullMeans::empty, "", "An empty one takes the name away.",
                name_fault}),
          text("username", &Body::username, Presence::optional, not_null(new_username())),
          text("email", &Body::email, Presence::optional, not_null(new_email())),
          text("otp", &Body::otp, Presence::optional, code_rule()),
          text("challenge", &Body::challenge, Presence::optional, challenge_rule()),
      },
      [](const std::set<std::string_view>& given) -> std::vector<FieldFault> {
        const auto has = [&](std::string_view name) { return given.count(name) != 0; };
        std::vector<FieldFault> faults;
        if (has("email") && (has("name") || has("username")))
          faults.push_back({"email", FaultCode::invalid_value, "must be changed in a request of its own"});
        if (!has("email") && has("otp"))
          faults.push_back({"email", FaultCode::required, "is required with a code: the address it went to"});
        if (!has("otp") && has("challenge"))
          faults.push_back({"otp", FaultCode::required, "is required with a challenge"});
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
          text("otp", &Body::otp, Presence::optional, code_rule()),
          text("challenge", &Body::challenge, Presence::optional, challenge_rule()),
      },
      [](const std::set<std::string_view>& given) -> std::vector<FieldFault> {
        const auto has = [&](std::string_view name) { return given.count(name) != 0; };
        if (has("password") == has("otp")) {
          return {{"password", has("otp") ? FaultCode::invalid_value : FaultCode::required,
                   "give your password, or as otp a code that /auth/otp/request has sent you"}};
        }
        if (has("challenge") && !has("otp"))
          return {{"otp", FaultCode::required, "is required with a challenge"}};
        return {};
      }};
  return shape;
}

const Shape<model::NewTask>& new_task_shape() {
  using Body = model::NewTask;
  static const Shape<Body> shape{
      "NewTask",
      {
          text("title", &Body::title, Presence::required, title_rule()),
          text("description", &Body::description, Presence::optional, description_rule()),
          status_field<Body>(&Body::status),
      },
      {}};
  return shape;
}

const Shape<model::TaskChange>& task_change_shape() {
  using Body = model::TaskChange;
  static const Shape<Body> shape{
      "TaskChange",
      {
          text("title", &Body::title, Presence::optional, title_rule()),
          text("description", &Body::description, Presence::optional, description_rule()),
          status_field<Body>(&Body::status),
      },
      {}};
  return shape;
}

}  // namespace taskward::api
