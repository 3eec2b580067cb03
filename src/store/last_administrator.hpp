// The rule that one active administrator always stays, in one piece of SQL for whatever takes one away: a
// demotion, a deactivation, a deletion by others, by the operator or by oneself.
//
// Whoever may take one away holds the rows of all active administrators till the end, and looks at their
// newest versions. Each counts on another whose row it holds, so of two who take one another away at the same
// moment the second finds that nobody would be left. Rows are locked in the order of their ids: those who
// wait for one another wait in one direction.
#pragma once

#include <string>
#include <string_view>

#include "sql_text.hpp"

namespace taskward::store {

/// SQL: whether the account `alias` is an active administrator. The index users_active_administrators has
/// the same words.
inline std::string is_active_administrator(std::string_view alias) {
  const std::string a(alias);
  return '(' + a + ".role = 'admin' and " + a + ".is_active)";
}

/// The CTE `standing`: accounts in their newest versions, locked. It has those whose ids the SQL query `ids`
/// gives and, if the account `user` (SQL) is an active administrator and the SQL condition `takes_away`
/// holds, all active administrators. `before` is an SQL condition that is looked at first; nothing is locked
/// when it does not hold.
inline std::string lock_accounts(const std::string& ids, const std::string& user,
                                 const std::string& takes_away, const std::string& before) {
  return filled(R"(, wanted as materialized (
  {ids} union
  select u.id from taskward.users u
   where {is_administrator} and {takes_away}
     and exists (select from taskward.users t where t.id = {user} and {it_is_one})
), standing as materialized (
  select u.* from wanted w join taskward.users u on u.id = w.id
   where {before}
   order by u.id for no key update of u
))",
                {{"ids", ids},
                 {"user", user},
                 {"takes_away", takes_away},
                 {"before", before},
                 {"is_administrator", is_active_administrator("u")},
                 {"it_is_one", is_active_administrator("t")}});
}

/// SQL: whether the account `user` (SQL) is the last active administrator of `standing`.
inline std::string is_last_administrator(const std::string& user) {
  return "(exists (select from standing s where s.id = " + user + " and " + is_active_administrator("s") +
         ") and not exists (select from standing s where s.id <> " + user + " and " +
         is_active_administrator("s") + "))";
}

}  // namespace taskward::store
