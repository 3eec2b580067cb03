#include "taskward/store/service_state.hpp"

#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "unsealed_records.hpp"

namespace taskward::store {
namespace {

// $1 the maximum to count to.
const db::Statement state{"service_state", db::Effect::reads,
                          "with " + std::string(kSealLagCtes) +
                              filled(R"(
select (select count(*) from taskward.outbox where state = 'waiting'),
       (select count(*) from taskward.outbox where state = 'dead'),
       {lag},
       coalesce((select number from newest_seal), 0),
       (select count(*) from (select from taskward.sessions
                               where revoked_at is null and expires_at > now() limit $1::bigint) live),
       (select count(distinct locked.subject) from (select subject from taskward.lockouts
                               where locked_until > now() limit $1::bigint) locked))",
                                     {{"lag", std::string(kSealLag)}})};

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
