#include "admin_endpoints.hpp"

#include "account_query.hpp"
#include "contract_samples.hpp"
#include "query_parameters.hpp"
#include "taskward/api/admin_bodies.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/administration.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Administration";

struct StatisticsQuery {
  int days = model::kStatisticsDaysDefault;
};

const Parameters<StatisticsQuery>& statistics_parameters() {
  static const Parameters<StatisticsQuery> table{whole_number<StatisticsQuery>(
      "days", 1, model::kStatisticsDaysMax, [](StatisticsQuery& into) -> int& { return into.days; },
      "The number of days, including today.")};
  return table;
}

}  // namespace

Result<http::Response> get_dashboard(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto board = store::read_dashboard(call.resources.database, access, call.stamp());
  if (!board) return std::move(board).error();
  return object_response(200, *board, dashboard_parts());
}

Result<http::Response> get_statistics(const Call& call, const Administer& access) {
  const auto query = read_parameters(call.request.query, statistics_parameters());
  if (!query) return query.error();
  auto days = store::read_statistics(call.resources.database, access, query->days, call.stamp());
  if (!days) return std::move(days).error();
  return object_response(200, StatisticsBody{std::move(*days)}, statistics_parts());
}

Result<http::Response> list_accounts(const Call& call, const Administer& access) {
  auto query = read_account_query(call.request.query);
  if (!query) return std::move(query).error();
  auto page = domain::list_accounts(call.resources, access, *query, call.origin());
  if (!page) return std::move(page).error();
  const AccountPageBody body{std::move(page->accounts), query->limit, page->next_cursor, page->total};
  http::Response response = object_response(200, body, account_page_parts());
  link_next_page(response, "/admin/users", call.request.query, page->next_cursor);
  return response;
}

Result<http::Response> create_account(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto body = read_body(account_order_shape(), call.request);
  if (!body) return std::move(body).error();
  // An empty name is the same as an omitted one.
  if (body->name && body->name->empty()) body->name.reset();
  auto account = domain::create_account(call.resources, access, *body, call.origin());
  if (!account) return std::move(account).error();
  http::Response response = object_response(201, *account, account_parts());
  response.with("Location", "/admin/users/" + account->id.text());
  return response;
}

Result<http::Response> get_account(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto account = store::read_account(call.resources.database, access, call.id_as<UserId>(), call.stamp());
  if (!account) return std::move(account).error();
  return object_response(200, *account, account_detail_parts());
}

Result<http::Response> change_account(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto body = read_body(account_change_shape(), call.request);
  if (!body) return std::move(body).error();
  auto account = domain::change_account(call.resources, access, call.id_as<UserId>(), *body, std::nullopt,
                                        call.origin());
  if (!account) return std::move(account).error();
  return object_response(200, *account, account_parts());
}

Result<http::Response> remove_account(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto done = domain::delete_account(call.resources, access, call.id_as<UserId>(), call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> end_sessions(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto ended = store::end_sessions(call.resources.database, access, call.id_as<UserId>(), call.stamp());
  if (!ended) return std::move(ended).error();
  return object_response(200, EndedSessionsBody{*ended}, ended_sessions_parts());
}

// ---------------------------------------------------------------- contract

namespace {

template <class Account>
Account sample_account() {
  Account account;
  static_cast<model::User&>(account) = samples::user();
  account.updated_at = samples::moment("2026-01-15T09:30:00.000Z");
  account.last_login_at = samples::moment("2026-01-16T07:59:00.000Z");
  return account;
}

model::Dashboard sample_dashboard() {
  model::Dashboard board;
  board.users_by_role = {1, 11, 1};
  board.users_by_state = {12, 1, 0};
  board.tasks = {30, 4, 120, 2};
  board.live_sessions = 15;
  board.logins = 9;
  board.login_failures = 1;
  board.events = {samples::audit_record()};
  return board;
}

Operation dashboard_operation(std::string_view route, std::string_view description) {
  return {.route = route,
          .tag = kTag,
          .summary = "Get the dashboard",
          .description = description,
          .answers = {answer_of(200, "The state of the service.", sample_dashboard(), dashboard_parts())},
          .problems = {E::bad_request, E::validation_failed}};
}

}  // namespace

Operations admin_operations() {
  return {
      dashboard_operation("admin", "Same as `GET /admin/dashboard`."),
      dashboard_operation("admin_dashboard",
                          "Returns users by role and state, tasks by status, sessions, logins, the mail "
                          "queue and recent security events. The access is recorded in the audit log."),
      {.route = "admin_statistics",
       .tag = kTag,
       .summary = "Get statistics by day",
       .description =
           "Returns the numbers of logins and tasks of each of the last days. The access is recorded "
           "in the audit log.",
       .query = facts_of(statistics_parameters()),
       .answers = {answer_of(200, "The days.", StatisticsBody{{{"2026-01-15", 9, 1, 12, 7}}},
                             statistics_parts())}},
      {.route = "list_users",
       .tag = kTag,
       .summary = "List accounts",
       .description = "Returns accounts, the most recently created first. The next page is given by "
                      "`next_cursor`, and by the `Link` header. The access is recorded in the audit log.",
       .query = account_query_facts(),
       .answers = {answer_of(
           200, "A page of accounts.",
           AccountPageBody{
               {sample_account<model::Account>()}, domain::kAccountPageDefault, std::nullopt, std::nullopt},
           account_page_parts(), {"Link"})}},
      {.route = "create_user",
       .tag = kTag,
       .summary = "Create an account",
       .description = "Without a password, the user logs in with a code sent to the e-mail address.",
       .body = body_of(account_order_shape(),
                       {R"({"email":"ada@example.org","role":"user"})",
                        R"({"username":"bob","password":"correct horse battery","is_active":false})"}),
       .answers = {answer_of(201, "The created account.", sample_account<model::Account>(), account_parts(),
                             {"Location"})},
       .problems = {E::bad_request, E::email_taken, E::username_taken}},
      {.route = "read_user",
       .tag = kTag,
       .summary = "Get an account",
       .description = "Returns the account and statistics about it, but not the contents of its tasks. The "
                      "access is recorded in the audit log.",
       .answers = {answer_of(200, "The account.", sample_account<model::AccountDetail>(),
                             account_detail_parts())},
       .problems = {E::bad_request, E::validation_failed}},
      {.route = "change_user",
       .tag = kTag,
       .summary = "Change an account",
       .description = "A new role takes effect with the next request of the account. A new e-mail address, "
                      "which is then unverified, and deactivation end all sessions of the account. The last "
                      "active administrator cannot be demoted or deactivated.",
       .body = body_of(account_change_shape(), {R"({"role":"admin"})", R"({"is_active":false})",
                                                R"({"locked":false,"password_reset":true})"}),
       .answers = {answer_of(200, "The changed account.", sample_account<model::Account>(), account_parts())},
       .problems = {E::bad_request, E::email_taken, E::username_taken, E::last_administrator}},
      {.route = "delete_user",
       .tag = kTag,
       .summary = "Delete an account",
       .description = "Deletes the account and all its data, except its audit records.",
       .answers = {no_content("The account was deleted.")},
       .problems = {E::bad_request, E::last_administrator, E::validation_failed}},
      {.route = "end_user_sessions",
       .tag = kTag,
       .summary = "End all sessions of an account",
       .description = "The tokens of the sessions are rejected from the next request on.",
       .answers = {answer_of(200, "The number of ended sessions.", EndedSessionsBody{2},
                             ended_sessions_parts())},
       .problems = {E::bad_request, E::validation_failed}},
  };
}

}  // namespace taskward::api
