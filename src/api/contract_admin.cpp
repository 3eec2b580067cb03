// The published contract of administration.
#include "contract.hpp"
#include "contract_samples.hpp"
#include "query_facts.hpp"
#include "taskward/api/admin_bodies.hpp"
#include "taskward/api/audit_shapes.hpp"
#include "taskward/model/audit_search.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Administration";

template <class Account>
Account sample_account() {
  Account account;
  static_cast<model::User&>(account) = samples::user();
  account.updated_at = samples::moment("2026-01-15T09:30:00.000Z");
  account.last_login_at = samples::moment("2026-01-16T07:59:00.000Z");
  return account;
}

model::AuditRecord sample_record() {
  const model::AuditEvent event = samples::event();
  model::AuditRecord record;
  record.id = event.id;
  record.at = event.at;
  record.actor_id = samples::user().id;
  record.actor_role = model::name(samples::user().role);
  record.action = event.action;
  record.object_type = "session";
  record.object_id = samples::session().id.uuid;
  record.outcome = event.outcome;
  record.client_address = event.client_address;
  record.user_agent = event.user_agent;
  record.request_id = event.request_id;
  return record;
}

model::Dashboard sample_dashboard() {
  model::Dashboard board;
  board.users_by_role = {1, 11, 1};
  board.users_by_state = {12, 1, 0};
  board.tasks = {30, 4, 120, 2};
  board.live_sessions = 15;
  board.logins = 9;
  board.login_failures = 1;
  board.events = {sample_record()};
  return board;
}

Operation dashboard(std::string_view route, std::string_view description) {
  return {.route = route,
          .tag = kTag,
          .summary = "Show how the service is used",
          .description = description,
          .answers = {answer_of(200, "The state of the service.", sample_dashboard(), dashboard_parts())},
          .problems = {E::bad_request, E::validation_failed}};
}

Schema lines() {
  Schema schema;
  schema.note = "An AuditRecord a line.";
  return schema;
}

}  // namespace

Operations admin_operations() {
  return {
      dashboard("admin", "The same as `GET /admin/dashboard`."),
      dashboard("admin_dashboard",
                "Users by role and state, tasks by status, sessions, logins, mail, and the latest "
                "security events. The look is recorded."),
      {.route = "list_users",
       .tag = kTag,
       .summary = "List accounts",
       .description =
           "Those made last come first. Pages follow by `next_cursor`, or by the `Link` header. The look is "
           "recorded.",
       .query = account_query_facts(),
       .answers = {answer_of(
           200, "A page of accounts.",
           AccountPageBody{
               {sample_account<model::Account>()}, domain::kAccountPageDefault, std::nullopt, std::nullopt},
           account_page_parts(), {"Link"})}},
      {.route = "create_user",
       .tag = kTag,
       .summary = "Make an account for somebody",
       .description = "Without a password they log in by a code to their address.",
       .body = body_of(account_order_shape(),
                       {R"({"email":"ada@example.org","role":"user"})",
                        R"({"username":"bob","password":"correct horse battery","is_active":false})"}),
       .answers = {answer_of(201, "The account.", sample_account<model::Account>(), account_parts(),
                             {"Location"})},
       .problems = {E::bad_request, E::email_taken, E::username_taken}},
      {.route = "read_user",
       .tag = kTag,
       .summary = "Show an account",
       .description = "With what it has, but not what its tasks say. The look is recorded.",
       .answers = {answer_of(200, "The account.", sample_account<model::AccountDetail>(),
                             account_detail_parts())},
       .problems = {E::bad_request, E::validation_failed}},
      {.route = "change_user",
       .tag = kTag,
       .summary = "Change an account",
       .description =
           "A change of role holds at the account's next request. One of the address, which counts as not "
           "proved then, and deactivation end all of its sessions. The last active administrator stays one.",
       .body = body_of(account_change_shape(), {R"({"role":"admin"})", R"({"is_active":false})",
                                                R"({"locked":false,"password_reset":true})"}),
       .answers = {answer_of(200, "The account as it is now.", sample_account<model::Account>(),
                             account_parts())},
       .problems = {E::bad_request, E::email_taken, E::username_taken, E::last_administrator}},
      {.route = "delete_user",
       .tag = kTag,
       .summary = "Delete an account",
       .description = "The account and everything of it, but not what is recorded of it.",
       .answers = {nothing("The account is gone.")},
       .problems = {E::bad_request, E::last_administrator, E::validation_failed}},
      {.route = "end_user_sessions",
       .tag = kTag,
       .summary = "End all sessions of an account",
       .description = "Their tokens are refused from the next request on.",
       .answers = {answer_of(200, "How many have ended.", EndedSessionsBody{2}, ended_sessions_parts())},
       .problems = {E::bad_request, E::validation_failed}},
      {.route = "read_audit",
       .tag = kTag,
       .summary = "Read the audit record",
       .description =
           "The newest first; all filters that are given must hold. A page may have fewer records than asked "
           "for, also none, and a `next_cursor` to go on from. With `Accept: application/x-ndjson` all of "
           "them are streamed, a line each. The look, or the copy, is recorded.",
       .query = audit_query_facts(),
       .answers = {answer_of(200, "A page of records.",
                             AuditPageBody{{sample_record()}, model::kAuditPageDefault, std::nullopt},
                             audit_page_parts(), {"Link"}),
                   {200,
                    "A page of records.",
                    "application/x-ndjson",
                    lines(),
                    {"Link"},
                    audit_record_line(sample_record()) + '\n'}}},
  };
}

}  // namespace taskward::api
