// SQL fragments that many statements share, with the functions that bind their parameters and read their
// results.
//
// A statement on behalf of a caller begins with kCaller, which takes $1 to $3 (add_caller) and returns one
// row if the session is live and the user active, none otherwise. It is read before any lock is taken: a
// statement that changes an account compares the row it has locked with the caller's auth_epoch. `permitted`
// says whether the access is permitted to the account: to its current role, and with the second factor that
// is required (model/permission). A statement that writes goes on with $4 to $7 (add_stamp) and ends its CTEs
// with audit_action().
//
// The same statement serves personal access tokens, in the form kByToken: it then begins with kTokenCaller.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/db/params.hpp"
#include "taskward/db/rows.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

/// SQL: the CTE `caller` (id, role, auth_epoch, tasks_indexed, permitted, token_id). The text begins with
/// "with".
extern const std::string_view kCaller;
/// The same for a personal access token, which must also have the scope in $3. token_id is its id.
extern const std::string_view kTokenCaller;
extern const db::Form kByToken;

/// SQL: the parameter of that number.
[[nodiscard]] std::string parameter(int number);

/// The id, or null. Like everything that is bound, it must outlive the run.
template <class Kind>
void add_id_or_null(db::Params& params, const std::optional<Id<Kind>>& id) {
  if (id)
    params.id(*id);
  else
    params.null();
}
template <class Kind>
void add_id_or_null(db::Params& params, const std::optional<Id<Kind>>&& id) = delete;

/// $1 session or personal access token, $2 user, $3 the accounts to which the access is permitted and, for a
/// token, the scope. Chooses the form of the statement.
void add_caller(db::Params& params, const model::Bearer& access);

/// Four parameters: the audit record's id, the request's id, the client's address and user agent.
void add_stamp(db::Params& params, const model::AuditStamp& stamp);

/// SQL: the action as a string literal.
[[nodiscard]] std::string quoted(model::AuditAction action);

/// A bytea in PostgreSQL's hexadecimal format, for an array literal.
[[nodiscard]] std::string bytea_text(std::string_view bytes);

/// SQL: an interval of whole seconds.
[[nodiscard]] std::string interval(std::chrono::seconds length);

/// SQL: the columns of the audit table that statements fill. stamp_values gives the values of the first four.
/// Statements that a personal access token can reach also fill token_id.
inline constexpr std::string_view kAuditColumns =
    "(id, request_id, client_address, user_agent, actor_id, actor_role, action, object_type, object_id, "
    "outcome, "
    "reason, changed_fields)";
[[nodiscard]] std::string audit_columns_and_token();

/// SQL: the four parameters of add_stamp, from $first on.
[[nodiscard]] std::string stamp_values(int first);

/// SQL: the id that was asked for; null instead of the nil id, which stands for a malformed one.
[[nodiscard]] std::string asked_id(std::string_view id);

/// A CTE that records the action if the CTE `performed` has a row (the object's id), or that the caller's
/// role did not permit it. `changed_fields` is an SQL expression over that row, as d. `asked` is SQL for the
/// id of the object that the caller named.
[[nodiscard]] std::string audit_action(model::AuditAction action, std::string_view object_type,
                                       std::string_view performed,
                                       std::string_view changed_fields = "null::text[]",
                                       std::string_view asked = "null");

/// A CTE that queues a mail for each row of `from` (an SQL from clause and where). Takes four parameters from
/// $first on (add_mail).
[[nodiscard]] std::string queue_mail(std::string_view name, int first, std::string_view from);

void add_mail(db::Params& params, const SealedMail& mail);

/// 401 invalid_token: the session or personal access token is not live.
[[nodiscard]] Error session_ended_error();

/// Reads the first column, `permitted`, of a statement that begins with kCaller. The reader it returns is at
/// the second column of the first row.
[[nodiscard]] Result<db::RowReader> permitted_row(const db::Rows& rows);

/// Reads the rows after their first `skipped` columns; none if `first`, which is there in the first row, is
/// at a null: then nothing was joined.
template <class T, class Read>
std::vector<T> read_joined(const db::Rows& rows, const db::RowReader& first, int skipped, Read read) {
  std::vector<T> out;
  if (first.is_null()) return out;
  out.reserve(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip(skipped);
    out.push_back(read(row));
  }
  return out;
}

/// Reads a statement that returns `permitted` followed by the columns of a list's row, which are null if the
/// list is empty. `read` reads those columns.
template <class T, class Read>
Result<std::vector<T>> read_list(const db::Rows& rows, Read read) {
  auto first = permitted_row(rows);
  if (!first) return std::move(first).error();
  return read_joined<T>(rows, *first, 1, read);
}

/// SQL: whether the column equals the name, ignoring the case of ASCII letters, as the unique indexes do.
[[nodiscard]] std::string same_name(std::string_view column, const std::string& value);

/// The columns of a user, of the table or CTE `alias`, in the order user_from reads them.
[[nodiscard]] std::string user_columns(std::string_view alias);

[[nodiscard]] model::User user_from(db::RowReader& row);

}  // namespace taskward::store
