#include "audit_query.hpp"
#include "query_facts.hpp"
#include "query_parameters.hpp"
#include "taskward/api/bodies.hpp"
#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/passwords.hpp"
#include "taskward/domain/profile.hpp"
#include "taskward/domain/sessions.hpp"

namespace taskward::api {
namespace {

constexpr int kActivityLimitDefault = 50;
constexpr int kActivityLimitMax = 100;

struct ActivityQuery {
  int limit = kActivityLimitDefault;
  std::optional<model::AuditPlace> before;
};

const Parameters<ActivityQuery>& activity_parameters() {
  using Query = ActivityQuery;
  static const Parameters<Query> table{
      whole_number<Query>(
          "limit", 1, kActivityLimitMax, [](Query& into) -> int& { return into.limit; },
          "How many events a page has."),
      place_parameter<Query>(),
  };
  return table;
}

}  // namespace

std::vector<ParameterFacts> activity_query_facts() { return facts_of(activity_parameters()); }

Result<http::Response> view_profile(const Call& call, const OwnProfile& access) {
  auto user = domain::view_profile(call.resources, access);
  if (!user) return std::move(user).error();
  return object_response(200, *user, user_parts());
}

Result<http::Response> view_protected(const Call& call, const OwnProfile& access) {
  auto user = domain::view_profile(call.resources, access);
  if (!user) return std::move(user).error();
  return object_response(200, GreetingBody{"You are logged in.", std::move(*user)}, greeting_parts());
}

Result<http::Response> change_profile(const Call& call, const OwnProfile& access) {
  auto body = read_body(profile_change_shape(), call.request);
  if (!body) return std::move(body).error();
  if (body->email && !body->otp) {
    auto requested = domain::request_email_change(call.resources, access, *body->email, call.origin());
    if (!requested) return std::move(requested).error();
    return code_requested(*requested);
  }
  auto user =
      body->email
          ? domain::change_email(call.resources, access, *body->email,
                                 {std::move(*body->otp), std::move(body->challenge)}, call.origin())
          : domain::change_profile(call.resources, access, {body->name, body->username}, call.origin());
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

Result<http::Response> list_sessions(const Call& call, const OwnProfile& access) {
  auto sessions = domain::list_sessions(call.resources, access);
  if (!sessions) return std::move(sessions).error();
  return object_response(200, SessionListBody{std::move(*sessions)}, session_list_parts());
}

Result<http::Response> end_session(const Call& call, const OwnProfile& access) {
  // An id of another form names no session, and neither does the nil id.
  const auto session = SessionId::parse(call.id).value_or(SessionId{});
  auto done = domain::end_session(call.resources, access, session, call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> list_activity(const Call& call, const OwnProfile& access) {
  auto query = read_parameters(call.request.query, activity_parameters());
  if (!query) return std::move(query).error();
  auto events = domain::list_activity(call.resources, access, query->limit, query->before);
  if (!events) return std::move(events).error();
  ActivityPageBody page{std::move(*events), query->limit, std::nullopt};
  if (page.items.size() == static_cast<std::size_t>(query->limit))
    page.next_cursor = model::AuditPlace{page.items.back().at, page.items.back().id}.text();
  return object_response(200, page, activity_page_parts());
}

}  // namespace taskward::api
