#include "taskward/store/audit.hpp"

#include "audit_position.hpp"
#include "audit_rows.hpp"
#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Statement;

// $1..$4 stamp, $5 the denied action.
const Statement denied{"record_denied", db::Effect::writes,
                       "insert into taskward.audit " + std::string(kAuditColumns) + " select " +
                           stamp_values(1) + ", null, null, '" +
                           std::string(model::name(model::AuditAction::access_denied)) +
                           "', null, null, 'denied', $5::text, null::text[]"};

// $1..$4 stamp, $5 action, $6 the user or null, $7 reason.
const Statement failure{
    "record_failure", db::Effect::writes,
    "insert into taskward.audit " + std::string(kAuditColumns) + " select " + stamp_values(1) +
        ", null, null, $5::text, case when $6::uuid is not null then 'user' end, $6::uuid,"
        " 'failure', $7::text, null::text[]"};

/// SQL: the newest records of one index. $4 limit, $5 and $6 the position after which they begin, $5 also for
/// partition pruning.
std::string newest(const std::string& condition) {
  // The address, user agent and token of an administrator who changed the account are not shown to its owner.
  return "(select coalesce(a.actor_id = c.id, true) as own, a.id, a.at, a.action, a.outcome, a.reason, "
         "a.client_address, a.user_agent, a.request_id,"
         " a.changed_fields, a.token_id from taskward.audit a where " +
         condition +
         " and a.at <= $5::timestamptz"
         " and (a.at, a.id) < ($5::timestamptz, $6::uuid)"
         " order by a.at desc, a.id desc limit $4::integer)";
}

// $1..$3 caller. Actions by the caller, and actions of others on the caller's account.
const Statement activity{
    "list_activity", db::Effect::reads,
    std::string(kCaller) +
        " select c.permitted, e.id, e.at, e.action, e.outcome, e.reason, host(case when e.own then "
        "e.client_address end),"
        " case when e.own then e.user_agent end, e.request_id, " +
        plain_texts("e.changed_fields") + ", case when e.own then e.token_id end" +
        " from caller c"
        " left join lateral (select * from (" +
        newest(event_by("a", "c.id")) + " union " + newest(event_on("a", "c.id")) +
        ") events order by at desc, id desc limit $4::integer) e on c.permitted"
        " order by e.at desc, e.id desc"};

}  // namespace

StatementList audit_statements() { return {&denied, &failure, &activity}; }

void record_failure(db::Connection& database, model::AuditAction action, const std::optional<UserId>& user,
                    std::string_view reason, const model::AuditStamp& stamp) {
  db::Params params;
  add_stamp(params, stamp);
  params.text(model::name(action));
  add_id_or_null(params, user);
  params.text(reason);
  static_cast<void>(database.run(failure, params));
}

Result<std::vector<model::AuditEvent>> list_activity(
    db::Connection& database, const model::Access<model::Permission::own_profile>& access, int limit,
    const std::optional<model::AuditPosition>& before) {
  const PositionParams position(before);
  db::Params params;
  add_caller(params, access);
  params.number(limit);
  position.add(params);
  return read_list<model::AuditEvent>(database.run(activity, params), [](db::RowReader& row) {
    model::AuditEvent event;
    event.id = row.id<AuditId>();
    event.at = row.timestamp();
    event.action = row.text();
    event.outcome = row.text();
    event.reason = row.text_or_null();
    event.client_address = row.text_or_null();
    event.user_agent = row.text_or_null();
    event.request_id = row.text_or_null();
    if (row.is_null())
      row.skip();
    else
      event.changed_fields = row.texts();
    if (!row.is_null()) event.token_id = row.id<PersonalTokenId>();
    return event;
  });
}

void record_denied(db::Connection& database, model::AuditAction asked, const model::AuditStamp& stamp) {
  db::Params params;
  add_stamp(params, stamp);
  params.text(model::name(asked));
  static_cast<void>(database.run(denied, params));
}

}  // namespace taskward::store
