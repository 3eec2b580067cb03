// SQL that counts failed password checks and locks names and accounts.
//
// A failure counts for two rows of the same subject: that of the name that was given (name_kind email or
// username) and that of the account (name_kind caller), which names and password confirmations share. A name
// without an account has both too, so that its answers take the same work.
//
// Rows are locked in the order of name_kind. Each insert or update has its condition in its own WHERE clause.
// After waiting for a row's lock PostgreSQL evaluates it on the newest version of the row, so that counts are
// exact.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/db/rows.hpp"

namespace taskward::store {

/// SQL: the list of all kinds of lockouts. The subject of an account's lockouts is its id.
inline constexpr std::string_view kLockKinds = "('caller', 'email', 'username')";

/// CTEs that count a failure of the name (name_kind, subject) and of the account: `lock` has the rows as they
/// were, locked; `counted` (name_kind, locked_now) a row for each that was counted. While the name is locked
/// nothing is counted; while only the account is, the failure counts for the name alone.
[[nodiscard]] std::string count_failure(const std::string& name_kind, const std::string& subject);

/// CTEs: `lock` has the current lockout row, locked; `unlocked` has one row unless it is in effect.
[[nodiscard]] std::string check_lock(const std::string& name_kind, const std::string& subject);

/// CTEs after a correct password: `lock` has the rows of the subject as they were, locked; `unlocked` has one
/// row unless the name or the account is locked. Then all failures of the subject are reset, except those of
/// another name that is locked. A row is inserted if there is none, because only a row lock orders this
/// success among concurrent failures. Without failures its last_failure_at is -infinity, so that the next
/// purge deletes it.
[[nodiscard]] std::string claim_lock(const std::string& name_kind, const std::string& subject);

/// check_lock for the caller of kCaller, after a correct password: the lock may be newer than the check.
[[nodiscard]] std::string check_caller_lock();

/// CTEs that remove every lock of the CTE `account`, and record it if one was in effect. `record` is SQL for
/// the audit record's id, `origin` SQL for its request id, client address and user agent.
[[nodiscard]] std::string lift_locks(const std::string& record, const std::string& origin);

/// SQL: a scalar, for how many whole seconds the row `name_kind` of the CTE `lock` is still locked; null if
/// it is not.
[[nodiscard]] std::string locked_for(const std::string& name_kind);

/// SQL: whether the account of the CTE `lock` is locked.
[[nodiscard]] std::string is_account_locked();

/// Reads locked_for.
[[nodiscard]] std::optional<std::chrono::seconds> seconds_or_null(db::RowReader& row);

/// 423 account_locked, with a Retry-After of at least one second.
[[nodiscard]] Error account_locked(std::chrono::seconds remaining);

}  // namespace taskward::store
