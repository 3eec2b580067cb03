// Pieces of SQL that many statements share, with the parameters they take, and the reading of what
// they give back.
//
// A statement on behalf of a caller begins with kCaller, which takes $1 to $3 (add_caller) and gives
// one row if the session lives and the user is active, none otherwise. It is read before any lock is had:
// what changes an account compares the row it has locked with the caller's auth_epoch. `permitted` says
// whether the role, as it is now, holds the permission. One that changes something goes on with $4 to $7
// (add_stamp) and ends its list of CTEs with audit_deed().
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

inline constexpr std::string_view kCaller = R"(
with caller as (
  select u.id, u.role, u.auth_epoch, u.role = any($3::text[]) as permitted
    from taskward.sessions s join taskward.users u on u.id = s.user_id and u.auth_epoch = s.auth_epoch
   where s.user_id = $2::uuid and s.id = $1::uuid
     and s.revoked_at is null and s.expires_at > now() and u.is_active
))";

inline std::string parameter(int number) { return '$' + std::to_string(number); }

/// The id, or null. It must outlive the run, as everything that is bound.
template <class Kind>
void add_id_or_null(db::Params& params, const std::optional<Id<Kind>>& id) {
  if (id)
    params.id(*id);
  else
    params.null();
}
template <class Kind>
void add_id_or_null(db::Params& params, const std::optional<Id<Kind>>&& id) = delete;

/// $1 session, $2 user, $3 the roles that hold the permission.
inline void add_caller(db::Params& params, const model::Bearer& access) {
  params.id(access.session()).id(access.user()).literal(model::roles_holding(access.permission()).data());
}

/// The record's id, the request's id, the client's address and agent: four parameters.
inline void add_stamp(db::Params& params, const model::AuditStamp& stamp) {
  params.id(stamp.id)
      .text_or_null(stamp.origin.request_id)
      .text_or_null(stamp.origin.client_address)
      .text_or_null(stamp.origin.user_agent);
}

/// The action as an SQL literal.
inline std::string quoted(model::AuditAction action) {
  return '\'' + std::string(model::name(action)) + '\'';
}

/// A whole number of seconds as an SQL interval.
inline std::string interval(std::chrono::seconds length) {
  return "interval '" + std::to_string(length.count()) + " seconds'";
}

/// The columns of the audit table that audit_values fills, and the list of values for them, where
/// the stamp's four parameters begin at $first.
inline constexpr std::string_view kAuditColumns =
    "(id, request_id, client_address, user_agent, actor_id, actor_role, action, object_type, object_id, "
    "outcome, "
    "reason, changed_fields)";

inline std::string stamp_values(int first) {
  const auto at = [&](int offset) { return '$' + std::to_string(first + offset); };
  return at(0) + "::uuid, " + at(1) + "::text, " + at(2) + "::text::inet, " + at(3) + "::text";
}

/// A CTE that records what the CTE `deed` (one row with the object's id, or none) did, or that the
/// caller's role did not permit it. `changed` is an SQL expression over deed, as d.
inline std::string audit_deed(model::AuditAction action, std::string_view object_type, std::string_view deed,
                              std::string_view changed = "null::text[]") {
  const std::string asked = quoted(action);
  const std::string denied = quoted(model::AuditAction::access_denied);
  return ", noted as (insert into taskward.audit " + std::string(kAuditColumns) + " select " +
         stamp_values(4) + ", c.id, c.role, case when c.permitted then " + asked + " else " + denied +
         " end, '" + std::string(object_type) +
         "', d.id, case when c.permitted then 'success' else 'denied' end," +
         " case when not c.permitted then " + asked + " end, " + std::string(changed) +
         " from caller c left join " + std::string(deed) +
         " d on true where d.id is not null or not c.permitted)";
}

/// A CTE that puts a mail into the outbox for each row of `from` (an SQL from and where): four parameters
/// from $first on, which add_mail binds.
inline std::string queue_mail(std::string_view name, int first, std::string_view from) {
  const auto at = [&](int offset) { return '$' + std::to_string(first + offset); };
  return ", " + std::string(name) +
         " as (insert into taskward.outbox (id, kind, sealed, useful_until) select " + at(0) + "::uuid, " +
         at(1) + "::text, " + at(2) + "::bytea, now() + make_interval(secs => " + at(3) +
         "::double precision) from " + std::string(from) + ')';
}

inline void add_mail(db::Params& params, const SealedMail& mail) {
  params.id(mail.id).text(model::name(mail.kind)).bytes(mail.sealed);
  if (mail.useful_for)
    params.number(mail.useful_for->count());
  else
    params.null();
}

inline Error session_over() {
  return {ErrorCode::invalid_token, "The session has ended, or the account is not active.",
          "no live session"};
}

/// Reads the first column, `permitted`, of a statement that began with kCaller. Afterwards the reader
/// stands at the second column of the first row.
inline Result<db::RowReader> permitted_row(const db::Rows& rows) {
  if (rows.empty()) return session_over();
  db::RowReader row = rows.row(0);
  if (!row.boolean()) return Error(ErrorCode::forbidden);
  return row;
}

/// Reads a statement that gives the caller's row beside those of a list, or beside nulls: permitted first,
/// then what `read` reads.
template <class T, class Read>
Result<std::vector<T>> rows_of(const db::Rows& rows, Read read) {
  auto first = permitted_row(rows);
  if (!first) return std::move(first).error();
  std::vector<T> out;
  if (first->is_null()) return out;
  out.reserve(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip();
    out.push_back(read(row));
  }
  return out;
}

/// Whether a column holds the name, in any case of ASCII; as the unique indexes compare.
inline std::string same_name(std::string_view column, const std::string& value) {
  return "lower(" + std::string(column) + " collate \"C\") = lower(" + value + "::text collate \"C\")";
}

/// The columns of a user, of the table or CTE `alias`, in the order user_from reads them.
inline std::string user_columns(std::string_view alias) {
  const std::string a = std::string(alias) + '.';
  return a + "id, " + a + "email, " + a + "username, " + a + "name, " + a +
         "email_verified_at is not null, " + a + "role, " + a + "is_active, " + a + "created_at";
}

inline model::User user_from(db::RowReader& row) {
  model::User user;
  user.id = row.id<UserId>();
  user.email = row.text_or_null();
  user.username = row.text_or_null();
  user.name = row.text_or_null();
  user.email_verified = row.boolean();
  user.role = model::role(row.view()).value();
  user.is_active = row.boolean();
  user.created_at = row.timestamp();
  return user;
}

}  // namespace taskward::store
