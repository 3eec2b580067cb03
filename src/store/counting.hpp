// SQL for counting: moments of attempts within a window, failures and locks, tries of a code.
//
// Each piece is one INSERT or UPDATE whose condition stands in its own WHERE, so that PostgreSQL looks at
// the newest version of the row after it has waited for it: that is what makes the counts exact.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "fragments.hpp"
#include "taskward/model/limit.hpp"
#include "taskward/model/otp.hpp"
#include "taskward/store/codes.hpp"

namespace taskward::store {

/// The moments of taskward.attempts a that still count; `window` is seconds.
inline std::string live_moments(const std::string& window) {
  return "array(select m from unnest(a.moments) m where m > clock_timestamp() - make_interval(secs => " +
         window + ") order by m)";
}

/// Counts a moment of (kind, subject) if fewer than `most` are in the window: gives one row then, none
/// otherwise. `source` is an SQL from clause that gives one row, or none to count nothing.
inline std::string count_moment(const std::string& kind, const std::string& subject, const std::string& most,
                                const std::string& window, const std::string& source = "(select) one") {
  return "insert into taskward.attempts as a (kind, subject, moments, last_at) select " + kind + ", " +
         subject + ", array[clock_timestamp()], clock_timestamp() from " + source +
         " on conflict (kind, subject) do update set moments = " + live_moments(window) +
         " || clock_timestamp(), last_at = clock_timestamp() where cardinality(" + live_moments(window) +
         ") < " + most + " returning 1";
}

/// Whole seconds until the oldest moment leaves the window: a scalar.
inline std::string rest_of_window(const std::string& kind, const std::string& subject,
                                  const std::string& window) {
  return "(select ceil(extract(epoch from min(m) + make_interval(secs => " + window +
         ") - clock_timestamp()))::bigint from taskward.attempts a, unnest(a.moments) m where a.kind = " +
         kind + " and a.subject = " + subject + " and m > clock_timestamp() - make_interval(secs => " +
         window + "))";
}

/// At least a second: a client that comes back at once would be refused again.
inline std::chrono::seconds retry_after(db::RowReader& row) {
  if (row.is_null()) {
    row.skip();
    return std::chrono::seconds(1);
  }
  return std::max(std::chrono::seconds(1), std::chrono::seconds(row.number()));
}

/// Counts a failure of (name_kind, subject) unless it is locked: one row (locked_now) then, none when it
/// is locked.
inline std::string count_failure(const std::string& name_kind, const std::string& subject,
                                 const std::string& source) {
  const std::string after = std::to_string(model::kLockAfter);
  const std::string first = interval(model::kLockFirst);
  return "insert into taskward.lockouts as l (name_kind, subject, failures, last_failure_at) select " +
         name_kind + ", " + subject + ", 1, clock_timestamp() from " + source +
         " on conflict (name_kind, subject) do update set"
         " failures = case when l.failures + 1 >= " +
         after +
         " then 0 else l.failures + 1 end,"
         " locks = case when l.failures + 1 >= " +
         after +
         " then l.locks + 1 else l.locks end,"
         " locked_until = case when l.failures + 1 >= " +
         after + " then clock_timestamp() + least(" + first + " * power(2, least(l.locks, 20)), " +
         interval(model::kLockMost) +
         ") else l.locked_until end,"
         " last_failure_at = clock_timestamp()"
         " where l.locked_until is null or l.locked_until <= clock_timestamp()"
         " returning coalesce(l.locked_until > clock_timestamp(), false) as locked_now";
}

/// A CTE `lock` with the row as it is now, locked, and `unlocked`, with one row unless the name is locked.
inline std::string check_lock(const std::string& name_kind, const std::string& subject) {
  return "lock as (select l.* from taskward.lockouts l where l.name_kind = " + name_kind +
         " and l.subject = " + subject +
         " for update), unlocked as (select from (select) one where not exists"
         " (select from lock k where k.locked_until > clock_timestamp()))";
}

/// The same for who has just shown the right password: failures are forgotten unless the name is locked. A
/// row is made where there is none, because only a row orders this success among failures at the same
/// moment; without failures it is of no age, and the next purge takes it.
inline std::string claim_lock(const std::string& name_kind, const std::string& subject) {
  const std::string held = "l.locked_until > clock_timestamp()";
  return "lock as (insert into taskward.lockouts as l (name_kind, subject, failures, last_failure_at) "
         "select " +
         name_kind + ", " + subject +
         ", 0, '-infinity' on conflict (name_kind, subject) do update set failures = case when " + held +
         " then l.failures else 0 end, locks = case when " + held +
         " then l.locks else 0 end, locked_until = case when " + held +
         " then l.locked_until end, last_failure_at = case when " + held +
         " then l.last_failure_at else '-infinity' end returning l.*), unlocked as (select from (select) one"
         " where not exists (select from lock k where k.locked_until > clock_timestamp()))";
}

/// CTEs that lift every lock of the CTE `account`, and record that if one still held: the record's id, and
/// the request's id, address and agent.
inline std::string lift_locks(const std::string& record, const std::string& origin) {
  return ", lifted as (delete from taskward.lockouts l using account a where l.subject = uuid_send(a.id)"
         " returning l.name_kind, coalesce(l.locked_until > now(), false) as held), noted_unlock as (insert "
         "into"
         " taskward.audit " +
         std::string(kAuditColumns) + " select " + record + ", " + origin + ", a.id, a.role, " +
         quoted(model::AuditAction::account_unlock) +
         ", 'user', a.id, 'success', k.kinds, null::text[] from account a cross join (select "
         "string_agg(f.name_kind, ','"
         " order by f.name_kind) as kinds from lifted f where f.held) k where k.kinds is not null)";
}

/// check_lock for the caller of kCaller, who has shown their password: the lock may have come since.
inline std::string check_caller_lock() { return check_lock("'caller'", "uuid_send($2::uuid)"); }

/// A CTE `tried`: a try of a code. One row (right) if there was a live code with a budget left, none
/// otherwise. A right one is used up; a wrong one is counted on the budget of those who carry the
/// challenge, or on that of those who do not. Four parameters from $first on, which add_try binds.
inline std::string try_code(int first, const std::string& condition = "true") {
  const auto at = [&](int offset) { return '$' + std::to_string(first + offset); };
  const std::string right = "c.code_hash = " + at(2) + "::bytea";
  const std::string carried = "c.challenge_hash is not distinct from " + at(3) + "::bytea";
  const std::string tries = std::to_string(model::kCodeTries);
  return "tried as (update taskward.one_time_codes c set"
         " used_at = case when " +
         right +
         " then clock_timestamp() end,"
         " failures = c.failures + (not " +
         right + " and not " + carried +
         ")::integer::smallint,"
         " challenged_failures = c.challenged_failures + (not " +
         right + " and " + carried +
         ")::integer::smallint"
         " where c.purpose = " +
         at(0) + "::text and c.subject = " + at(1) +
         "::bytea and c.used_at is null"
         " and c.expires_at > clock_timestamp() and (" +
         condition +
         ")"
         " and case when " +
         carried + " then c.challenged_failures else c.failures end < " + tries + " returning " + right +
         " as right)";
}

inline void add_challenge(db::Params& params, const CodeTry& attempt) {
  if (attempt.challenge)
    params.bytes(crypto::view(*attempt.challenge));
  else
    params.null();
}

/// The four parameters of try_code: purpose, subject, code, challenge.
inline void add_try(db::Params& params, const CodeTry& attempt) {
  params.text(model::name(attempt.purpose))
      .bytes(crypto::view(attempt.subject))
      .bytes(crypto::view(attempt.code));
  add_challenge(params, attempt);
}

/// How long the row of check_lock is still locked, in whole seconds: a scalar, null when it is not.
inline constexpr std::string_view kLockedFor =
    "(select ceil(extract(epoch from k.locked_until - clock_timestamp()))::bigint from lock k"
    " where k.locked_until > clock_timestamp())";

/// Reads what kLockedFor gave.
inline std::optional<std::chrono::seconds> seconds_or_null(db::RowReader& row) {
  if (!row.is_null()) return std::chrono::seconds(row.number());
  row.skip();
  return std::nullopt;
}

inline Error account_locked(std::chrono::seconds remaining) {
  Error refusal(ErrorCode::account_locked);
  refusal.retry_after = std::max(std::chrono::seconds(1), remaining);
  return refusal;
}

}  // namespace taskward::store
