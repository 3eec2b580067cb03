// What the statements of administration have in common.
//
// Each begins with a CTE `actor` (id, role, permitted, auth_epoch) of one row: the administrator by kCaller,
// or the operator, who has no id and may do everything. So each is there twice, once for either.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "taskward/db/statement.hpp"
#include "taskward/model/account.hpp"
#include "taskward/store/administration.hpp"

namespace taskward::store {

/// Where a statement's parameters begin: its stamp's, and its own.
struct Places {
  std::string begin;  ///< the SQL up to the CTE `actor`
  int stamp;
  int first;

  [[nodiscard]] std::string own(int offset) const { return parameter(first + offset); }
};

inline const std::string kAdministratorActs =
    std::string(kCaller) + ", actor as (select c.id, c.role, c.permitted, c.auth_epoch from caller c)";
inline const std::string kOperatorActs =
    "with actor as (select null::uuid as id, null::text as role, true as permitted, null::bigint as"
    " auth_epoch)";

struct StatementForBoth {
  db::Statement by_administrator;
  db::Statement by_operator;

  [[nodiscard]] const db::Statement& of(const Actor& actor) const {
    return actor.administrator() != nullptr ? by_administrator : by_operator;
  }
};

inline StatementForBoth for_both(const std::string& name, db::Effect effect,
                                 const std::function<std::string(const Places&)>& text) {
  return {{name, effect, text({kAdministratorActs, 4, 8})},
          {name + "_by_operator", effect, text({kOperatorActs, 1, 5})}};
}

/// The parameters before the stamp.
inline void add_actor(db::Params& params, const Actor& actor) {
  if (actor.administrator() != nullptr) add_caller(params, *actor.administrator());
}

/// What a record says beside its stamp and its actor, each as SQL.
struct Noted {
  model::AuditAction action;
  std::string object_type = "'user'";
  std::string object = "null";
  std::string outcome = "'success'";
  std::string reason = "null";
  std::string changed = "null::text[]";
};

/// A CTE that records it for each row of `from`, which has the actor as a, or that the actor's role does not
/// permit it.
inline std::string note(std::string_view name, const std::string& stamp, const Noted& noted,
                        const std::string& from) {
  return filled(R"(, {name} as (
  insert into taskward.audit {columns}
  select {stamp}, a.id, a.role, case when a.permitted then {action} else {denied} end, {object_type},
         ({object})::uuid, case when a.permitted then {outcome} else 'denied' end,
         case when a.permitted then ({reason})::text else {action} end, {changed}
    from {from}
))",
                {{"name", std::string(name)},
                 {"columns", std::string(kAuditColumns)},
                 {"stamp", stamp},
                 {"denied", quoted(model::AuditAction::access_denied)},
                 {"action", quoted(noted.action)},
                 {"object_type", noted.object_type},
                 {"object", noted.object},
                 {"outcome", noted.outcome},
                 {"reason", noted.reason},
                 {"changed", noted.changed},
                 {"from", from}});
}

/// The kinds of names that can be locked, as an SQL list. An account's locks have its id as their subject.
inline constexpr std::string_view kLockKinds = "('email', 'username', 'caller')";

/// SQL: a subquery with one row of the locks of the account `user` (SQL) that hold now.
inline std::string locks_of(const std::string& user) {
  return filled(R"((
  select max(l.locked_until) filter (where l.name_kind = 'email') as email,
         max(l.locked_until) filter (where l.name_kind = 'username') as username,
         max(l.locked_until) filter (where l.name_kind = 'caller') as caller
    from taskward.lockouts l
   where l.name_kind in {kinds} and l.subject = uuid_send({user}) and l.locked_until > now()
))",
                {{"kinds", std::string(kLockKinds)}, {"user", user}});
}

/// The columns of an account, of the table or CTE `alias` and the locks `locks`, in the order account_from
/// reads them.
inline std::string account_columns(const std::string& alias, const std::string& locks) {
  return user_columns(alias) + ", " + alias + ".updated_at, " + alias + ".last_login_at, " + locks +
         ".email, " + locks + ".username, " + locks + ".caller";
}

inline model::Account account_from(db::RowReader& row) {
  model::Account account;
  static_cast<model::User&>(account) = user_from(row);
  account.updated_at = row.timestamp();
  account.last_login_at = row.timestamp_or_null();
  account.locked_until.email = row.timestamp_or_null();
  account.locked_until.username = row.timestamp_or_null();
  account.locked_until.caller = row.timestamp_or_null();
  return account;
}

/// SQL: whether the session s of the user u is alive.
inline constexpr std::string_view kIsLive =
    "(s.revoked_at is null and s.expires_at > now() and s.auth_epoch = u.auth_epoch and u.is_active)";

/// SQL columns that count the tasks of the table alias t, in the order task_counts_from reads them.
inline constexpr std::string_view kTaskCounts =
    "count(*) filter (where t.status = 'todo' and not t.trashed) as todo,"
    " count(*) filter (where t.status = 'in_progress' and not t.trashed) as in_progress,"
    " count(*) filter (where t.status = 'done' and not t.trashed) as done,"
    " count(*) filter (where t.trashed) as trash";

inline model::TaskCounts task_counts_from(db::RowReader& row) {
  model::TaskCounts counts;
  counts.todo = row.number();
  counts.in_progress = row.number();
  counts.done = row.number();
  counts.trash = row.number();
  return counts;
}

}  // namespace taskward::store
