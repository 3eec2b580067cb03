#include "administration_sql.hpp"

#include "fragments.hpp"
#include "sql_text.hpp"

namespace taskward::store {

std::string administrator_cte() {
  return std::string(kCaller) +
         ", actor as (select c.id, c.role, c.permitted, c.auth_epoch, c.token_id from caller c)";
}

std::string operator_cte() {
  return "with actor as (select null::uuid as id, null::text as role, true as permitted, null::bigint as"
         " auth_epoch, null::uuid as token_id)";
}

std::string StatementLayout::argument(int offset) const { return parameter(first_argument + offset); }

ActorStatements for_both_actors(const std::string& name, db::Effect effect,
                                const std::function<std::string(const StatementLayout&)>& text) {
  return {{name, effect, text({administrator_cte(), 4, 8})},
          {name + "_by_operator", effect, text({operator_cte(), 1, 5})}};
}

void add_actor(db::Params& params, const Actor& actor) {
  if (actor.administrator() != nullptr) add_caller(params, *actor.administrator());
}

std::string audit(std::string_view name, const std::string& stamp, const AuditEntry& entry,
                  const std::string& from) {
  return filled(R"(, {name} as (
  insert into taskward.audit {columns}
  select {stamp}, a.id, a.role, case when a.permitted then {action} else {denied} end, {object_type},
         ({object})::uuid, case when a.permitted then {outcome} else 'denied' end,
         case when a.permitted then ({reason})::text else {action} end, {changed}, a.token_id
    from {from}
))",
                {{"name", std::string(name)},
                 {"columns", audit_columns_and_token()},
                 {"stamp", stamp},
                 {"denied", quoted(model::AuditAction::access_denied)},
                 {"action", quoted(entry.action)},
                 {"object_type", entry.object_type},
                 {"object", entry.object},
                 {"outcome", entry.outcome},
                 {"reason", entry.reason},
                 {"changed", entry.changed_fields},
                 {"from", from}});
}

std::string locks_of(const std::string& user) {
  return filled(R"((
  select max(l.locked_until) filter (where l.name_kind = 'email') as email,
         max(l.locked_until) filter (where l.name_kind = 'username') as username,
         max(l.locked_until) filter (where l.name_kind = 'caller') as caller
    from taskward.lockouts l
   where l.name_kind in {kinds} and l.subject = uuid_send({user}) and l.locked_until > now()
))",
                {{"kinds", std::string(kLockKinds)}, {"user", user}});
}

std::string account_columns(const std::string& alias, const std::string& locks) {
  return user_columns(alias) + ", " + alias + ".updated_at, " + alias + ".last_login_at, " + locks +
         ".email, " + locks + ".username, " + locks + ".caller";
}

model::Account account_from(db::RowReader& row) {
  model::Account account;
  static_cast<model::User&>(account) = user_from(row);
  account.updated_at = row.timestamp();
  account.last_login_at = row.timestamp_or_null();
  account.locked_until.email = row.timestamp_or_null();
  account.locked_until.username = row.timestamp_or_null();
  account.locked_until.caller = row.timestamp_or_null();
  return account;
}

model::TaskCounts task_counts_from(db::RowReader& row) {
  model::TaskCounts counts;
  counts.todo = row.number();
  counts.in_progress = row.number();
  counts.done = row.number();
  counts.trash = row.number();
  return counts;
}

}  // namespace taskward::store
