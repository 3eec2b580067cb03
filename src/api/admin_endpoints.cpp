#include "account_query.hpp"
#include "query_facts.hpp"
#include "query_parameters.hpp"
#include "task_query.hpp"
#include "taskward/api/admin_bodies.hpp"
#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/administration.hpp"

namespace taskward::api {
namespace {

/// An id of another form names nobody, and neither does the nil id.
UserId user_id(const Call& call) { return UserId::parse(call.id).value_or(UserId{}); }

}  // namespace

Result<http::Response> view_dashboard(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto board = domain::read_dashboard(call.resources, access, call.origin());
  if (!board) return std::move(board).error();
  return object_response(200, *board, dashboard_parts());
}

Result<http::Response> list_accounts(const Call& call, const Administer& access) {
  auto query = read_account_query(call.request.query);
  if (!query) return std::move(query).error();
  auto page = domain::list_accounts(call.resources, access, *query, call.origin());
  if (!page) return std::move(page).error();
  const AccountPageBody body{std::move(page->accounts), query->limit, page->next_cursor, page->total};
  http::Response response = object_response(200, body, account_page_parts());
  if (page->next_cursor) {
    response.with("Link", "</admin/users?" + next_page_query(call.request.query, *page->next_cursor) +
                              ">; rel=\"next\"");
  }
  return response;
}

Result<http::Response> create_account(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto body = read_body(account_order_shape(), call.request);
  if (!body) return std::move(body).error();
  // An empty name is none.
  if (body->name && body->name->empty()) body->name.reset();
  auto account = domain::create_account(call.resources, access, *body, call.origin());
  if (!account) return std::move(account).error();
  http::Response response = object_response(201, *account, account_parts());
  response.with("Location", "/admin/users/" + account->id.text());
  return response;
}

Result<http::Response> view_account(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto account = domain::read_account(call.resources, access, user_id(call), call.origin());
  if (!account) return std::move(account).error();
  return object_response(200, *account, account_detail_parts());
}

Result<http::Response> change_account(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto body = read_body(account_change_shape(), call.request);
  if (!body) return std::move(body).error();
  auto account =
      domain::change_account(call.resources, access, user_id(call), *body, std::nullopt, call.origin());
  if (!account) return std::move(account).error();
  return object_response(200, *account, account_parts());
}

Result<http::Response> remove_account(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto done = domain::delete_account(call.resources, access, user_id(call), call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> end_sessions(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto ended = domain::end_sessions(call.resources, access, user_id(call), call.origin());
  if (!ended) return std::move(ended).error();
  return object_response(200, EndedSessionsBody{*ended}, ended_sessions_parts());
}

}  // namespace taskward::api
