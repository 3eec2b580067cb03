#include "lockout_sql.hpp"

#include <algorithm>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "taskward/model/limit.hpp"

namespace taskward::store {

namespace {

/// SQL: the kind of the row of the account. A function, because statements of other files are made from it
/// before main().
std::string account_kind() { return "'caller'"; }

std::string is_held(std::string_view alias) {
  return std::string(alias) + ".locked_until > clock_timestamp()";
}

/// The CTE `lock`.
std::string lock_rows(const std::string& kinds, const std::string& subject) {
  return filled(R"(lock as materialized (
  select l.* from taskward.lockouts l where l.name_kind in {kinds} and l.subject = {subject}
   order by l.name_kind for update
))",
                {{"kinds", kinds}, {"subject", subject}});
}

/// SQL that inserts or updates the rows of the name and of the account, unless one of `refusing` (a list of
/// kinds) is locked. A row that has been locked in the meantime is not updated.
std::string write_rows(const std::string& name_kind, const std::string& subject, const std::string& refusing,
                       const std::string& inserted, const std::string& updates) {
  return filled(R"(insert into taskward.lockouts as l (name_kind, subject, failures, last_failure_at)
  select k.kind, {subject}, {inserted}
    from (select distinct g.kind from unnest(array[{account}, {kind}]) as g (kind)) k
   where not exists (select from lock h where h.name_kind in ({refusing}) and {held})
   order by k.kind
  on conflict (name_kind, subject) do update set {updates}
   where l.locked_until is null or l.locked_until <= clock_timestamp())",
                {{"subject", subject},
                 {"inserted", inserted},
                 {"account", account_kind()},
                 {"kind", name_kind},
                 {"refusing", refusing},
                 {"held", is_held("h")},
                 {"updates", updates}});
}

constexpr std::string_view kReset =
    "failures = 0, locks = 0, locked_until = null, last_failure_at = '-infinity'";

}  // namespace

std::string count_failure(const std::string& name_kind, const std::string& subject) {
  const std::string updates = filled(
      R"(failures = case when l.failures + 1 >= {after} then 0 else l.failures + 1 end,
         locks = case when l.failures + 1 >= {after} then l.locks + 1 else l.locks end,
         locked_until = case when l.failures + 1 >= {after}
                             then clock_timestamp() + least({first} * power(2, least(l.locks, 20)), {longest})
                             else l.locked_until end,
         last_failure_at = clock_timestamp())",
      {{"after", std::to_string(model::kLockAfter)},
       {"first", interval(model::kLockFirst)},
       {"longest", interval(model::kLockMost)}});
  return lock_rows("(" + account_kind() + ", " + name_kind + ")", subject) + ", counted as (" +
         write_rows(name_kind, subject, name_kind, "1, clock_timestamp()", updates) +
         " returning l.name_kind, coalesce(" + is_held("l") + ", false) as locked_now)";
}

std::string check_lock(const std::string& name_kind, const std::string& subject) {
  return lock_rows("(" + name_kind + ")", subject) +
         ", unlocked as (select from (select) one where not exists (select from lock k where " +
         is_held("k") + "))";
}

std::string claim_lock(const std::string& name_kind, const std::string& subject) {
  const std::string reset(kReset);
  return lock_rows(std::string(kLockKinds), subject) + ", claimed as (" +
         write_rows(name_kind, subject, account_kind() + ", " + name_kind, "0, '-infinity'", reset) +
         filled(R"( returning l.name_kind), unlocked as (
  select from (select) one
   where (select count(*) from claimed) = (select count(distinct g) from unnest(array[{account}, {kind}]) g)
), reset_other_name as (
  update taskward.lockouts l set {reset} from unlocked
   where l.name_kind in {kinds} and l.name_kind not in ({account}, {kind}) and l.subject = {subject}
     and (l.locked_until is null or l.locked_until <= clock_timestamp())
))",
                {{"account", account_kind()},
                 {"kind", name_kind},
                 {"kinds", std::string(kLockKinds)},
                 {"subject", subject},
                 {"reset", reset}});
}

std::string locked_for(const std::string& name_kind) {
  return "(select ceil(extract(epoch from k.locked_until - clock_timestamp()))::bigint from lock k"
         " where k.name_kind = " +
         name_kind + " and " + is_held("k") + ')';
}

std::string is_account_locked() {
  return "exists (select from lock k where k.name_kind = " + account_kind() + " and " + is_held("k") + ')';
}

std::string check_caller_lock() { return check_lock(account_kind(), "uuid_send($2::uuid)"); }

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
