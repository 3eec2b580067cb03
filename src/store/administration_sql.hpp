// SQL that the statements of administration share.
//
// Each begins with a CTE `actor` (id, role, permitted, auth_epoch, token_id) of one row: the administrator of
// kCaller, or the operator, who has no id and is permitted everything. So there are two statements of each.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "lockout_sql.hpp"
#include "taskward/db/params.hpp"
#include "taskward/db/rows.hpp"
#include "taskward/db/statement.hpp"
#include "taskward/model/account.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/store/actor.hpp"

namespace taskward::store {

/// SQL up to the CTE `actor`.
[[nodiscard]] std::string administrator_cte();
[[nodiscard]] std::string operator_cte();

/// How a statement begins, and the numbers of its parameters.
struct StatementLayout {
  std::string begin;   ///< the SQL up to the CTE `actor`
  int stamp;           ///< the first parameter of the stamp
  int first_argument;  ///< the first parameter after it

  /// SQL: the parameter at that offset after the stamp.
  [[nodiscard]] std::string argument(int offset) const;
};

struct ActorStatements {
  db::Statement by_administrator;
  db::Statement by_operator;

  [[nodiscard]] const db::Statement& of(const Actor& actor) const {
    return actor.administrator() != nullptr ? by_administrator : by_operator;
  }
};

/// The statements `name` and `name`_by_operator.
[[nodiscard]] ActorStatements for_both_actors(const std::string& name, db::Effect effect,
                                              const std::function<std::string(const StatementLayout&)>& text);

/// The parameters before the stamp: the caller's, or none.
void add_actor(db::Params& params, const Actor& actor);

/// The columns of an audit record other than its stamp and its actor, each as SQL.
struct AuditEntry {
  model::AuditAction action;
  std::string object_type = "'user'";
  std::string object = "null";
  std::string outcome = "'success'";
  std::string reason = "null";
  std::string changed_fields = "null::text[]";
};

/// A CTE that writes the entry, or that the actor's role did not permit the action, for each row of `from`.
/// The from clause must have the actor as a. The object of an entry is asked_id() where a request names it,
/// so that it is recorded for a denied request too.
[[nodiscard]] std::string audit(std::string_view name, const std::string& stamp, const AuditEntry& entry,
                                const std::string& from);

/// SQL: a subquery with one row, the locks of the account `user` (SQL) that are in effect.
[[nodiscard]] std::string locks_of(const std::string& user);

/// The columns of an account, of the table or CTE `alias` and the locks `locks`, in the order account_from
/// reads them.
[[nodiscard]] std::string account_columns(const std::string& alias, const std::string& locks);

[[nodiscard]] model::Account account_from(db::RowReader& row);

/// SQL: whether the session s of the user u is live.
inline constexpr std::string_view kIsLive =
    "(s.revoked_at is null and s.expires_at > now() and s.auth_epoch = u.auth_epoch and u.is_active)";

/// SQL: columns that count the tasks of the table alias t, in the order task_counts_from reads them.
inline constexpr std::string_view kTaskCounts =
    "count(*) filter (where t.status = 'todo' and not t.trashed) as todo,"
    " count(*) filter (where t.status = 'in_progress' and not t.trashed) as in_progress,"
    " count(*) filter (where t.status = 'done' and not t.trashed) as done,"
    " count(*) filter (where t.trashed) as trash";

[[nodiscard]] model::TaskCounts task_counts_from(db::RowReader& row);

}  // namespace taskward::store
