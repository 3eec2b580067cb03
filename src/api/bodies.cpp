#include "taskward/api/bodies.hpp"

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
  return domain::password_form_fault(field, Secret(text));
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

void write_text_or_null(json::Writer& w, const std::optional<std::string>& text) {
  if (text)
    w.string(*text);
  else
    w.null();
}

}  // namespace

const Shape<domain::Registration>& registration_shape() {
  using Body = domain::Registration;
  static const Shape<Body> shape{
      "Registration",
      {
          text("email", &Body::email, Presence::optional, new_email()),
          text("username", &Body::username, Presence::optional, new_username()),
          text("password", &Body::password, Presence::required,
               {0, 0, NullMeans::wrong_type, "password",
                "8 characters to 72 bytes, and none that many people use.", new_password_fault}),
          choice("role", &Body::role, Presence::optional, model::kRoles, model::role,
                 [](model::Role role) { return model::name(role); }),
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
          text("password", &LoginBody::password, Presence::required,
               {1, 1024, NullMeans::wrong_type, "password", "", {}}),
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

const std::vector<Part<model::User>>& user_parts() {
  using model::User;
  static const std::vector<Part<User>> parts{
      {"id", [](json::Writer& w, const User& user) { w.string(user.id.text()); }},
      {"email", [](json::Writer& w, const User& user) { write_text_or_null(w, user.email); }},
      {"username", [](json::Writer& w, const User& user) { write_text_or_null(w, user.username); }},
      {"role", [](json::Writer& w, const User& user) { w.string(model::name(user.role)); }},
      {"is_active", [](json::Writer& w, const User& user) { w.boolean(user.is_active); }},
      {"created_at", [](json::Writer& w, const User& user) { w.string(rfc3339(user.created_at)); }},
  };
  return parts;
}

const std::vector<Part<model::Task>>& task_parts() {
  using model::Task;
  static const std::vector<Part<Task>> parts{
      {"id", [](json::Writer& w, const Task& task) { w.string(task.id.text()); }},
      {"title", [](json::Writer& w, const Task& task) { w.string(task.title); }},
      {"description", [](json::Writer& w, const Task& task) { w.string(task.description); }},
      {"status", [](json::Writer& w, const Task& task) { w.string(model::name(task.status)); }},
      {"created_at", [](json::Writer& w, const Task& task) { w.string(rfc3339(task.created_at)); }},
      {"updated_at", [](json::Writer& w, const Task& task) { w.string(rfc3339(task.updated_at)); }},
      {"completed_at",
       [](json::Writer& w, const Task& task) {
         if (task.completed_at)
           w.string(rfc3339(*task.completed_at));
         else
           w.null();
       }},
      {"version", [](json::Writer& w, const Task& task) { w.number(task.version); }},
  };
  return parts;
}

const std::vector<Part<model::TokenPair>>& token_pair_parts() {
  using model::TokenPair;
  static const std::vector<Part<TokenPair>> parts{
      {"access_token", [](json::Writer& w, const TokenPair& pair) { w.string(pair.access_token.reveal()); }},
      {"refresh_token",
       [](json::Writer& w, const TokenPair& pair) { w.string(pair.refresh_token.reveal()); }},
      {"token_type", [](json::Writer& w, const TokenPair&) { w.string("Bearer"); }},
      {"expires_in", [](json::Writer& w, const TokenPair& pair) { w.number(pair.expires_in.count()); }},
      {"refresh_expires_in",
       [](json::Writer& w, const TokenPair& pair) { w.number(pair.refresh_expires_in.count()); }},
      {"user", [](json::Writer& w, const TokenPair& pair) { write_object(w, pair.user, user_parts()); }},
  };
  return parts;
}

}  // namespace taskward::api
