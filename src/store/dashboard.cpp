#include "taskward/store/dashboard.hpp"

#include <vector>

#include "account_states.hpp"
#include "administration_sql.hpp"
#include "audit_rows.hpp"
#include "fragments.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "taskward/base/text.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

/// SQL: a column for each of the values, with the number of rows whose `column` has it.
template <class Values>
std::string counts_of(const std::string& column, const Values& values) {
  std::vector<std::string> out;
  for (const auto value : values)
    out.push_back("count(*) filter (where " + column + " = '" + std::string(name(value)) + "')");
  return joined(out, ", ");
}

// $1..$3 caller, $4..$7 stamp, $8 the number of events.
const Statement dashboard{
    "read_dashboard", Effect::writes,
    administrator_cte() + locked_subjects() +
        filled(R"(, users as materialized (
  select {by_role}, {by_state}, count(*) filter (where s.is_locked)
    from (select u.role, {state} as state, uuid_send(u.id) in (select k.subject from locked k) as is_locked
            from taskward.users u join actor a on a.permitted) s
), tasks as materialized (
  select {task_counts} from taskward.tasks t join actor a on a.permitted
), sessions as materialized (
  select count(*) from taskward.sessions s join taskward.users u on u.id = s.user_id join actor a on a.permitted
   where {is_live}
), logins as materialized (
  select count(*) filter (where e.outcome = 'success'), count(*) filter (where e.outcome <> 'success')
    from taskward.audit e join actor a on a.permitted
   where e.action = {login} and e.at > now() - interval '24 hours'
), mail as materialized (
  select (select count(*) from taskward.outbox o where o.state = 'waiting'),
         (select count(*) from taskward.outbox o where o.state = 'dead')
    from actor a where a.permitted
), events as (
  select e.* from taskward.audit e join actor a on a.permitted where e.action not like 'task.%'
   order by e.at desc, e.id desc limit $8::integer
))",
               {{"by_role", counts_of("s.role", model::kRoles)},
                {"by_state", counts_of("s.state", model::kAccountStates)},
                {"state", account_state()},
                {"task_counts", std::string(kTaskCounts)},
                {"is_live", std::string(kIsLive)},
                {"login", quoted(AuditAction::session_login)}}) +
        audit("audited", stamp_values(4), {.action = AuditAction::dashboard_read, .object_type = "null"},
              "actor a") +
        " select a.permitted, users.*, tasks.*, sessions.*, logins.*, mail.*, " + audit_record_columns("e") +
        " from actor a cross join users cross join tasks cross join sessions cross join logins"
        " left join mail on true left join events e on true order by e.at desc, e.id desc"};

// $1..$3 caller, $4..$7 stamp, $8 the number of days. Tasks have no index by time alone: they are read once.
const Statement statistics{
    "read_statistics", Effect::writes,
    administrator_cte() +
        filled(R"(, days as materialized (
  select today - n as day from actor a, generate_series(0, $8::integer - 1) n, {today} t (today) where a.permitted
), first as materialized (
  select min(day)::timestamp at time zone 'UTC' as moment from days
), logins as materialized (
  select (e.at at time zone 'UTC')::date as day, count(*) filter (where e.outcome = 'success') as good,
         count(*) filter (where e.outcome <> 'success') as bad
    from taskward.audit e where e.action = {login} and e.at >= (select moment from first) group by 1
), tasks as materialized (
  select (c.moment at time zone 'UTC')::date as day, count(*) filter (where not c.is_end) as created,
         count(*) filter (where c.is_end) as completed
    from taskward.tasks t cross join lateral (values (t.created_at, false), (t.completed_at, true)) c (moment, is_end)
   where c.moment >= (select moment from first) group by 1
))",
               {{"today", "(select (now() at time zone 'UTC')::date)"},
                {"login", quoted(AuditAction::session_login)}}) +
        audit("audited", stamp_values(4), {.action = AuditAction::dashboard_read, .object_type = "null"},
              "actor a") +
        " select a.permitted, to_char(d.day, 'YYYY-MM-DD'), coalesce(l.good, 0), coalesce(l.bad, 0),"
        " coalesce(t.created, 0), coalesce(t.completed, 0) from actor a left join days d on true"
        " left join logins l on l.day = d.day left join tasks t on t.day = d.day order by d.day"};

}  // namespace

StatementList dashboard_statements() { return {&dashboard, &statistics}; }

Result<std::vector<model::DayStatistics>> read_statistics(db::Connection& database, const Administer& access,
                                                          int days, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  const Rows rows = database.run(statistics, params.number(days));
  if (auto first = permitted_row(rows); !first) return std::move(first).error();
  std::vector<model::DayStatistics> out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip(1);
    model::DayStatistics day;
    day.date = row.text();
    day.logins = row.number();
    day.login_failures = row.number();
    day.tasks_created = row.number();
    day.tasks_completed = row.number();
    out.push_back(std::move(day));
  }
  return out;
}

Result<model::Dashboard> read_dashboard(db::Connection& database, const Administer& access,
                                        const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.number(model::kDashboardEvents);
  const Rows rows = database.run(dashboard, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  model::Dashboard out;
  for (std::int64_t& count : out.users_by_role) count = row->number();
  for (std::int64_t& count : out.users_by_state) count = row->number();
  out.locked_accounts = row->number();
  out.tasks = task_counts_from(*row);
  out.live_sessions = row->number();
  out.logins = row->number();
  out.login_failures = row->number();
  out.mail_waiting = row->number();
  out.mail_dead = row->number();
  if (row->is_null()) return out;
  constexpr int before_events = 1 + model::kRoles.size() + model::kAccountStates.size() + 1 + 4 + 1 + 2 + 2;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader event = rows.row(r);
    event.skip(before_events);
    out.events.push_back(audit_record_from(event));
  }
  return out;
}

}  // namespace taskward::store
