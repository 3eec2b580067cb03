// SQL that counts failed logins and locks account names.
//
// Each piece is one INSERT or UPDATE with its condition in its own WHERE clause. After waiting for a row's
// lock PostgreSQL evaluates it on the newest version of the row, so that counts are exact.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/db/rows.hpp"

namespace taskward::store {

/// SQL: a statement that counts a failure of (name_kind, subject) unless it is locked. It returns one row
/// (locked_now) if the failure was counted, none otherwise.
[[nodiscard]] std::string count_failure(const std::string& name_kind, const std::string& subject,
                                        const std::string& source);

/// CTEs: `lock` has the current lockout row, locked; `unlocked` has one row unless the name is locked.
[[nodiscard]] std::string check_lock(const std::string& name_kind, const std::string& subject);

/// The same after a correct password: failures are reset unless the name is locked. The row is inserted if
/// there is none, because only a row lock orders this success among concurrent failures. Without failures its
/// last_failure_at is -infinity, so that the next purge deletes it.
[[nodiscard]] std::string claim_lock(const std::string& name_kind, const std::string& subject);

/// check_lock for the caller of kCaller, after a correct password: the lock may be newer than the check.
[[nodiscard]] std::string check_caller_lock();

/// CTEs that remove every lock of the CTE `account`, and record it if one was in effect. `record` is SQL for
/// the audit record's id, `origin` SQL for its request id, client address and user agent.
[[nodiscard]] std::string lift_locks(const std::string& record, const std::string& origin);

/// SQL: a scalar, for how many whole seconds the row of check_lock is still locked; null if it is not.
inline constexpr std::string_view kLockedFor =
    "(select ceil(extract(epoch from k.locked_until - clock_timestamp()))::bigint from lock k"
    " where k.locked_until > clock_timestamp())";

/// Reads kLockedFor.
[[nodiscard]] std::optional<std::chrono::seconds> seconds_or_null(db::RowReader& row);

/// 423 account_locked, with a Retry-After of at least one second.
[[nodiscard]] Error account_locked(std::chrono::seconds remaining);

}  // namespace taskward::store
