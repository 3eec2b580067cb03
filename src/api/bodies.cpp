#include "taskward/api/bodies.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <set>

#include "taskward/base/text.hpp"
#include "text_rules.hpp"

namespace taskward::api {
namespace {

using Fault = std::optional<FieldFault>;

Fault title_fault(std::string_view field, std::string_view text) {
  if (std::string_view(text).find_first_not_of(" \t\n") == std::string_view::npos) {
    return FieldFault{std::string(field), FaultCode::invalid_value, "must hold more than white space"};
  }
  return control_character_fault(field, text);
}

/// One that is checked, not judged: only its size is bounded.
TextRule any_password() { return {1, 1024, NullMeans::wrong_type, "password", "", {}}; }

Fault code_fault(std::string_view field, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_format, "must be the digits of the code"};
}

TextRule code_rule() { return {1, 16, NullMeans::wrong_type, "", "The digits of the code.", code_fault}; }

TextRule challenge_rule() { return {1, 64, NullMeans::absent, "", "What asking for the code gave.", {}}; }

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

Fault tag_fault(std::string_view field, std::string_view text) {
  if (text.find_first_of("\t\n") != std::string_view::npos)
    return FieldFault{std::string(field), FaultCode::invalid_character, "must be one line without tabs"};
  return title_fault(field, text);
}

TextRule tag_rule() {
  return {1,  model::kTagMaxCharacters,           NullMeans::wrong_type,
          "", "One line, more than white space.", tag_fault};
}

/// A member of T, also where it comes from a base of T.
template <class T, class Member, class Base>
constexpr Member T::*of(Member Base::*member) {
  return member;
}

/// Tags are a set, whatever order they come in.
template <class T>
Field<T> tags_field() {
  Field<T> field =
      texts("tags", of<T>(&T::tags), Presence::optional, model::kTagsMax, NullMeans::empty, tag_rule());
  field.read = [read = std::move(field.read)](T& into, json::Value& value, const std::string& at,
                                              Faults& faults) {
    read(into, value, at, faults);
    if constexpr (std::is_same_v<decltype(T::tags), std::vector<std::string>>) {
      into.tags = model::as_tag_set(std::move(into.tags));
    } else if (into.tags) {
      into.tags = model::as_tag_set(std::move(*into.tags));
    }
  };
  return field;
}

/// The members of a task that people write: of a new one, of a change, or of what is derived from those. A
/// null takes away what a task can be without (RFC 7396).
template <class T>
std::vector<Field<T>> task_fields(Presence title) {
  return {
      text("title", of<T>(&T::title), title, title_rule()),
      text("description", of<T>(&T::description), Presence::optional, description_rule()),
      choice("status", of<T>(&T::status), Presence::optional, model::kTaskStatuses, model::task_status,
             [](model::TaskStatus status) { return model::name(status); }),
      choice(
          "priority", of<T>(&T::priority), Presence::optional, model::kTaskPriorities, model::task_priority,
          [](model::TaskPriority priority) { return model::name(priority); }, NullMeans::empty),
      moment("due_at", of<T>(&T::due_at), Presence::optional, NullMeans::empty),
      tags_field<T>(),
  };
}

/// Those, and what stands beside them.
template <class T>
std::vector<Field<T>> task_fields_and(Presence title, std::vector<Field<T>> more) {
  std::vector<Field<T>> fields = task_fields<T>(title);
  fields.insert(fields.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return fields;
}

/// A place in a batch that speaks of a task which stands in it before.
Faults tasks_that_stand_twice(const model::TaskBatch& batch) {
  Faults faults;
  std::set<TaskId> seen;
  const auto see = [&](const TaskId& id, const std::string& field) {
    if (id != TaskId{} && !seen.insert(id).second)
      faults.push_back({field, FaultCode::duplicate, "stands in this batch before"});
  };
  for (std::size_t i = 0; i < batch.update.size(); ++i) see(batch.update[i].id, item_of("update", i) + ".id");
  for (std::size_t i = 0; i < batch.remove.size(); ++i) see(batch.remove[i], item_of("delete", i));
  return faults;
}

Faults one_name_or_both(const std::set<std::string_view>& given) {
  if (given.count("email") != 0 || given.count("username") != 0) return {};
  return {{"email", FaultCode::required, "email or username is required"}};
}

}  // namespace

const Shape<domain::Registration>& registration_shape() {
  using Body = domain::Registration;
  static const Shape<Body> shape{
      "Registration",
      {
          text("email", &Body::email, Presence::optional, new_email()),
          text("username", &Body::username, Presence::optional, new_username()),
          text("password", &Body::password, Presence::required, new_password()),
          choice("role", &Body::role, Presence::optional, model::kRoles, model::role,
                 [](model::Role role) { return model::name(role); }),
      },
      [](const std::set<std::string_view>& given, const auto&) { return one_name_or_both(given); }};
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
      [](const std::set<std::string_view>& given, const auto&) -> Faults {
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
          text("name", &Body::name, Presence::optional, display_name()),
          text("username", &Body::username, Presence::optional, not_null(new_username())),
          text("email", &Body::email, Presence::optional, not_null(new_email())),
          text("otp", &Body::otp, Presence::optional, code_rule()),
          text("challenge", &Body::challenge, Presence::optional, challenge_rule()),
      },
      [](const std::set<std::string_view>& given, const auto&) -> Faults {
        const auto has = [&](std::string_view name) { return given.count(name) != 0; };
        Faults faults;
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
      [](const std::set<std::string_view>& given, const auto&) -> Faults {
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
  static const Shape<model::NewTask> shape{"NewTask", task_fields<model::NewTask>(Presence::required), {}};
  return shape;
}

const Shape<model::TaskChange>& task_change_shape() {
  static const Shape<model::TaskChange> shape{
      "TaskChange", task_fields<model::TaskChange>(Presence::optional), {}};
  return shape;
}

const Shape<model::BatchUpdate>& batch_update_shape() {
  using Body = model::BatchUpdate;
  static const Shape<Body> shape{
      "BatchUpdate",
      task_fields_and<Body>(Presence::optional,
                            {
                                id("id", &Body::id, Presence::required),
                                number("version", &Body::version, Presence::optional, 1,
                                       std::numeric_limits<std::int64_t>::max(), NullMeans::absent),
                            }),
      {}};
  return shape;
}

const Shape<model::TaskBatch>& task_batch_shape() {
  using Body = model::TaskBatch;
  static const Shape<Body> shape{
      "TaskBatch",
      {
          objects("create", &Body::create, Presence::optional, model::kBatchMax, new_task_shape()),
          objects("update", &Body::update, Presence::optional, model::kBatchMax, batch_update_shape()),
          ids("delete", &Body::remove, Presence::optional, model::kBatchMax),
      },
      [](const std::set<std::string_view>&, const Body& batch) -> Faults {
        if (batch.size() > model::kBatchMax) {
          return {{"", FaultCode::too_many,
                   "must have at most " + std::to_string(model::kBatchMax) + " tasks in all"}};
        }
        return tasks_that_stand_twice(batch);
      }};
  return shape;
}

const Shape<model::ImportedTask>& imported_task_shape() {
  using Body = model::ImportedTask;
  static const Shape<Body> shape{
      "ImportedTask",
      task_fields_and<Body>(
          Presence::required,
          {
              moment("created_at", &Body::created_at, Presence::optional, NullMeans::absent),
              moment("completed_at", &Body::completed_at, Presence::optional, NullMeans::absent),
              ignored<Body>("id"),
              ignored<Body>("updated_at"),
              ignored<Body>("version"),
          }),
      {}};
  return shape;
}

}  // namespace taskward::api
