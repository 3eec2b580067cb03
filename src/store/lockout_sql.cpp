#include "lockout_sql.hpp"

#include <algorithm>

#include "fragments.hpp"
#include "taskward/model/limit.hpp"

namespace taskward::store {

std::string count_failure(const std::string& name_kind, const std::string& subject,
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

std::string check_lock(const std::string& name_kind, const std::string& subject) {
  return "lock as (select l.* from taskward.lockouts l where l.name_kind = " + name_kind +
         " and l.subject = " + subject +
         " for update), unlocked as (select from (select) one where not exists"
         " (select from lock k where k.locked_until > clock_timestamp()))";
}

std::string claim_lock(const std::string& name_kind, const std::string& subject) {
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

std::string check_caller_lock() { return check_lock("'caller'", "uuid_send($2::uuid)"); }

std::string lift_locks(const std::string& record, const std::string& origin) {
  return ", lifted as (delete from taskward.lockouts l using account a where l.subject = uuid_send(a.id)"
         " returning l.name_kind, coalesce(l.locked_until > now(), false) as held), audited_unlock as "
         "(insert "
         "into"
         " taskward.audit " +
         std::string(kAuditColumns) + " select " + record + ", " + origin + ", a.id, a.role, " +
         quoted(model::AuditAction::account_unlock) +
         ", 'user', a.id, 'success', k.kinds, null::text[] from account a cross join (select "
         "string_agg(f.name_kind, ','"
         " order by f.name_kind) as kinds from lifted f where f.held) k where k.kinds is not null)";
}

std::optional<std::chrono::seconds> seconds_or_null(db::RowReader& row) {
  if (!row.is_null()) return std::chrono::seconds(row.number());
  row.skip();
  return std::nullopt;
}

Error account_locked(std::chrono::seconds remaining) {
  Error refusal(ErrorCode::account_locked);
  refusal.retry_after = std::max(std::chrono::seconds(1), remaining);
  return refusal;
}

}  // namespace taskward::store
