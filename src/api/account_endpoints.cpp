#include "account_endpoints.hpp"

#include "audit_query.hpp"
#include "contract_samples.hpp"
#include "query_parameters.hpp"
#include "taskward/api/account_bodies.hpp"
#include "taskward/api/auth_bodies.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/passwords.hpp"
#include "taskward/domain/profile.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/sessions.hpp"
#include "taskward/store/users.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Account";

constexpr int kActivityLimitDefault = 50;
constexpr int kActivityLimitMax = 100;

struct ActivityQuery {
  int limit = kActivityLimitDefault;
  std::optional<model::AuditPosition> before;
};

const Parameters<ActivityQuery>& activity_parameters() {
  using Query = ActivityQuery;
  static const Parameters<Query> table{
      whole_number<Query>(
          "limit", 1, kActivityLimitMax, [](Query& into) -> int& { return into.limit; },
          "The maximum number of events per page."),
      audit_cursor<Query>(),
  };
  return table;
}

struct GreetingBody {
  std::string message;
  model::User user;
};

const Parts<GreetingBody>& greeting_parts() {
  static const Parts<GreetingBody> parts{"Greeting",
                                         {
                                             part<&GreetingBody::message>("message"),
                                             object_part<&GreetingBody::user, &user_parts>("user"),
                                         }};
  return parts;
}

}  // namespace

Result<http::Response> get_profile(const Call& call, const ReadProfile& access) {
  auto account = store::find_own_account(call.resources.database, access);
  if (!account) return std::move(account).error();
  return object_response(200, *account, own_account_parts());
}

Result<http::Response> change_profile(const Call& call, const OwnProfile& access) {
  auto body = read_body(profile_change_shape(), call.request);
  if (!body) return std::move(body).error();
  if (!body->email) {
    auto user =
        store::change_profile(call.resources.database, access, {body->name, body->username}, call.stamp());
    if (!user) return std::move(user).error();
    return object_response(200, *user, user_parts());
  }
  const auto recent = domain::Authentication::step_up(call.resources, access, model::Assurance::recent);
  if (!recent) return recent.error();
  if (!body->otp) {
    auto requested = domain::request_email_change(call.resources, *recent, *body->email, call.origin());
    if (!requested) return std::move(requested).error();
    return code_requested(*requested);
  }
  auto user = domain::change_email(call.resources, *recent, *body->email,
                                   {std::move(*body->otp), std::move(body->challenge)}, call.origin());
  if (!user) return std::move(user).error();
  return object_response(200, *user, user_parts());
}

Result<http::Response> delete_account(const Call& call, const OwnProfile& access) {
  auto body = read_body(account_deletion_shape(), call.request);
  if (!body) return std::move(body).error();
  auto done = body->password ? domain::delete_account(call.resources, access, *body->password, call.origin())
                             : domain::delete_account(call.resources, access,
                                                      {std::move(*body->otp), std::move(body->challenge)},
                                                      call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> change_password(const Call& call, const OwnProfile& access) {
  auto body = read_body(password_change_shape(), call.request);
  if (!body) return std::move(body).error();
  auto done = domain::change_password(call.resources, access, body->current_password, body->new_password,
                                      call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> list_sessions(const Call& call, const OwnProfile& access) {
  auto sessions = store::list_sessions(call.resources.database, access);
  if (!sessions) return std::move(sessions).error();
  return object_response(200, SessionListBody{std::move(*sessions)}, session_list_parts());
}

Result<http::Response> end_session(const Call& call, const OwnProfile& access) {
  auto done = store::end_session(call.resources.database, access, call.id_as<SessionId>(), call.stamp());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> list_activity(const Call& call, const ReadProfile& access) {
  auto query = read_parameters(call.request.query, activity_parameters());
  if (!query) return std::move(query).error();
  auto events = store::list_activity(call.resources.database, access, query->limit, query->before);
  if (!events) return std::move(events).error();
  ActivityPageBody page{std::move(*events), query->limit, std::nullopt};
  if (page.items.size() == static_cast<std::size_t>(query->limit))
    page.next_cursor = model::AuditPosition{page.items.back().at, page.items.back().id}.text();
  return object_response(200, page, activity_page_parts());
}

Result<http::Response> get_protected(const Call& call, const ReadProfile& access) {
  auto user = store::find_own_profile(call.resources.database, access);
  if (!user) return std::move(user).error();
  return object_response(200, GreetingBody{"You are logged in.", std::move(*user)}, greeting_parts());
}

// ---------------------------------------------------------------- contract

namespace {

store::OwnAccount own_account() {
  store::OwnAccount account;
  static_cast<model::User&>(account) = samples::user();
  return account;
}

}  // namespace

Operations account_operations() {
  return {
      {.route = "me",
       .tag = kTag,
       .summary = "Get the caller's profile",
       .description = "Returns the caller's account.",
       .answers = {answer_of(200, "The account.", own_account(), own_account_parts())}},
      {.route = "change_me",
       .tag = kTag,
       .summary = "Change the caller's profile",
       .description = "The name and the user name change immediately. Changing the e-mail address takes two "
                      "requests: the first, with the address only, sends a code to the new address; the "
                      "second includes that code. Both require a recent authentication.",
       .body = body_of(profile_change_shape(), {R"({"name":"Ada"})", R"({"email":"ada@example.net"})",
                                                R"({"email":"ada@example.net","otp":"492817"})"}),
       .answers = {answer_of(200, "The changed account.", samples::user(), user_parts()),
                   answer_of(202, "A code will be sent to the new address.", samples::code_requested(),
                             code_requested_parts(), {"Cache-Control"})},
       .problems = {E::invalid_otp, E::email_taken, E::username_taken}},
      {.route = "delete_me",
       .tag = kTag,
       .summary = "Delete the caller's account",
       .description = "Deletes the account and all its data. Requires the password, or a code from `POST "
                      "/auth/otp/request`.",
       .body = body_of(account_deletion_shape(),
                       {R"({"password":"correct horse battery"})", R"({"otp":"492817"})"}),
       .answers = {no_content("The account was deleted.")},
       .problems = {E::invalid_credentials, E::invalid_otp, E::account_locked, E::last_administrator}},
      {.route = "change_password",
       .tag = kTag,
       .summary = "Change the caller's password",
       .description = "Ends all other sessions of the account.",
       .body = body_of(
           password_change_shape(),
           {R"({"current_password":"correct horse battery","new_password":"a better horse battery"})"}),
       .answers = {no_content("The password was changed.")},
       .problems = {E::invalid_credentials, E::account_locked}},
      {.route = "sessions",
       .tag = kTag,
       .summary = "List the caller's sessions",
       .description = "Returns the active sessions, the most recently used first.",
       .answers = {answer_of(200, "The sessions.", SessionListBody{{samples::session()}},
                             session_list_parts())}},
      {.route = "end_session",
       .tag = kTag,
       .summary = "End one of the caller's sessions",
       .description = "Its tokens are rejected from the next request on.",
       .answers = {no_content("The session has ended.")}},
      {.route = "activity",
       .tag = kTag,
       .summary = "List the caller's security events",
       .description = "Returns the security events of the account, newest first.",
       .query = facts_of(activity_parameters()),
       .answers = {answer_of(200, "A page of events.", ActivityPageBody{{samples::event()}, 50, std::nullopt},
                             activity_page_parts())}},
      {.route = "protected",
       .tag = kTag,
       .summary = "Test a token",
       .description = "Returns a greeting if the access token or personal access token is valid.",
       .answers = {answer_of(200, "The token is valid.", GreetingBody{"You are logged in.", samples::user()},
                             greeting_parts())}},
  };
}

}  // namespace taskward::api
