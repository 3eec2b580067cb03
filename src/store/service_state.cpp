#include "taskward/store/service_state.hpp"

#include "statement_lists.hpp"

namespace taskward::store {
namespace {

// $1 the maximum to count to. The oldest unsealed record is taken to be that of the first unsealed
// transaction, which an index finds; it can be wrong by the duration of a transaction. After a move to
// another cluster nothing is sealed until the sealer begins a new era there.
const db::Statement state{"service_state", db::Effect::reads, R"(
with sealed as (
  select number, xid_below, open, sealed_at, cluster = taskward.this_cluster() as is_this_cluster
    from taskward.audit_seals order by number desc limit 1
), unsealed as (
  (select at from taskward.audit where xid >= coalesce((select xid_below from sealed), '0'::xid8) order by xid limit 1)
  union all
  (select at from taskward.audit where xid = any (coalesce((select open from sealed), '{}')) limit 1)
  union all
  select sealed_at from sealed where not is_this_cluster
)
select (select count(*) from taskward.outbox where state = 'waiting'),
       (select count(*) from taskward.outbox where state = 'dead'),
       coalesce((select greatest(0, extract(epoch from clock_timestamp() - min(at)) * 1000000)::bigint from unsealed), 0),
       coalesce((select number from sealed), 0),
       (select count(*) from (select from taskward.sessions
                               where revoked_at is null and expires_at > now() limit $1::bigint) live),
       (select count(distinct locked.subject) from (select subject from taskward.lockouts
                               where locked_until > now() limit $1::bigint) locked))"};

}  // namespace

StatementList service_state_statements() { return {&state}; }

ServiceState read_service_state(db::Connection& database, std::chrono::milliseconds limit) {
  const db::Rows rows = database.run_within(limit, state, db::Params().number(kStateCountedTo));
  db::RowReader row = rows.row(0);
  ServiceState now;
  now.mail_waiting = row.number();
  now.mail_dead = row.number();
  now.seal_lag = std::chrono::microseconds(row.number());
  now.newest_seal = row.number();
  now.live_sessions = row.number();
  now.locked_names = row.number();
  return now;
}

}  // namespace taskward::store
