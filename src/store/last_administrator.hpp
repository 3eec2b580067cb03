// The rule that at least one active administrator remains, for every statement that can take one away:
// demotion, deactivation and deletion, by an administrator, by the operator or by the account's owner.
//
// Such a statement locks the rows of all active administrators until its transaction ends, and reads their
// newest versions. Of two administrators who remove each other concurrently, the second statement sees that
// no other would remain. Rows are locked in the order of their ids, so that there is no deadlock.
#pragma once

#include <string>
#include <string_view>

namespace taskward::store {

/// SQL: whether the account `alias` is an active administrator. The predicate of the partial index
/// users_active_administrators must be written the same way.
[[nodiscard]] std::string is_active_administrator(std::string_view alias);

/// The CTE `locked_accounts`: accounts in their newest versions, locked. It has the accounts whose ids the
/// SQL query `ids` returns and, if the SQL condition `takes_away` holds, all active administrators: also for
/// an account that is not one, because it may be one by the time it is locked. `precondition` is an SQL
/// condition; nothing is locked when it does not hold.
[[nodiscard]] std::string lock_accounts(const std::string& ids, const std::string& takes_away,
                                        const std::string& precondition);

/// SQL: whether the account `user` (SQL) is the last active administrator of `locked_accounts`. An account
/// that became an administrator while the statement waited for its locks is not among them; a second
/// statement sees it.
[[nodiscard]] std::string is_last_administrator(const std::string& user);

}  // namespace taskward::store
