#include "taskward/store/account_changes.hpp"

#include "administration_sql.hpp"
#include "code_issuing.hpp"
#include "fragments.hpp"
#include "last_administrator.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "taskward/json/writer.hpp"
#include "unique_violation_retry.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

/// While a statement waits for a lock, the actor may be demoted, or another account may become an
/// administrator. The statement is then run again, and sees that.
constexpr int kMaxAttempts = 3;

/// CTEs that every action begins with: `locks`, the lockouts of the account's names, and `locked_accounts`,
/// the account and the actor in their newest versions, all locked; `authorized`, with one row if the actor is
/// still permitted; and `target`, with one row if the account exists and the actor is permitted. Lockouts are
/// locked before accounts, in the same order as a login does. The first argument is the account's id. Unless
/// the SQL condition `is_confirmed` holds, there is no `authorized` if the last administrator would be taken
/// away.
std::string lock_target(const StatementLayout& at, const std::string& takes_away,
                        const std::string& is_confirmed) {
  const std::string user = at.argument(0) + "::uuid";
  return filled(R"(, locks as materialized (
  select l.name_kind, l.locked_until from taskward.lockouts l
   where l.name_kind in {kinds} and l.subject = uuid_send({user}) and exists (select from actor a where a.permitted)
   order by l.name_kind for update
))",
                {{"kinds", std::string(kLockKinds)}, {"user", user}}) +
         lock_accounts(
             "select " + user + " as id union select a.id from actor a where a.id is not null", takes_away,
             "exists (select from actor a where a.permitted) and (select count(*) from locks) >= 0") +
         filled(R"(, authorized as (
  select a.* from actor a
   where a.permitted and (a.id is null or exists (
       select from locked_accounts s where s.id = a.id and s.auth_epoch = a.auth_epoch and {may_act}))
     and ({is_confirmed} or not ({takes_away} and {is_last}))
), target as materialized (
  select s.* from locked_accounts s join authorized on true where s.id = {user}
))",
                {{"may_act", is_active_administrator("s")},
                 {"is_confirmed", is_confirmed},
                 {"takes_away", takes_away},
                 {"is_last", is_last_administrator(user)},
                 {"user", user}});
}

/// SQL: a scalar, when the lock of `kind` ends; null if there is none, or if `lifted` (an SQL from clause)
/// has a row.
std::string lock_left(std::string_view kind, const std::string& lifted) {
  return "(select k.locked_until from locks k where k.name_kind = '" + std::string(kind) +
         "' and k.locked_until > now() and not exists (select from " + lifted + "))";
}

// The order is passed as JSON, because it has more members than a statement may have parameters. A change of
// an address's letter case is not a change of the address (`moves`).
const std::string kOrder = R"(, requested_change as materialized (
  select g.* from json_to_record({order}::json) as g (
    role text, is_active boolean, email text, username text, name text, password_hash text, unlock boolean,
    reset boolean, is_addressed boolean, addressee text, unlock_record uuid, reset_record uuid)
))";

const std::string kPlan = R"(, planned as materialized (
  select t.*, g.email is not null and not coalesce({same_email}, false) as moves,
         array_remove(array[
           case when g.role <> t.role then 'role' end,
           case when g.is_active <> t.is_active then 'is_active' end,
           case when g.email is distinct from t.email and g.email is not null then 'email' end,
           case when g.username is distinct from t.username and g.username is not null then 'username' end,
           case when nullif(g.name, '') is distinct from t.name and g.name is not null then 'name' end,
           case when g.password_hash is not null then 'password' end], null) as fields
    from target t cross join requested_change g
), checked as materialized (
  select w.id, case
      when (g.role <> 'admin' or not g.is_active) and {is_last} then 'last_administrator'
      when exists (select from taskward.users o where o.id <> w.id and {email_taken}) then 'email_taken'
      when exists (select from taskward.users o where o.id <> w.id and {username_taken}) then 'username_taken'
      when g.is_addressed and g.addressee is distinct from w.email then 'changed_meanwhile' end as refusal
    from planned w cross join requested_change g
), requested as (
  select from checked v cross join requested_change g where v.refusal is null and g.reset
))";

const std::string kApply = R"(, decided as materialized (
  select v.id, coalesce(v.refusal, case when g.reset and not exists (select from issued) then 'too_many_requests' end)
           as refusal
    from checked v cross join requested_change g
), ready as (
  select d.id from decided d where d.refusal is null
), changed as (
  update taskward.users u
     set role = coalesce(g.role, u.role), is_active = coalesce(g.is_active, u.is_active),
         email = coalesce(g.email, u.email), username = coalesce(g.username, u.username),
         name = case when g.name is null then u.name else nullif(g.name, '') end,
         password_hash = coalesce(g.password_hash, u.password_hash),
         email_verified_at = case when not w.moves then u.email_verified_at end,
         auth_epoch = u.auth_epoch + {ends}::integer, updated_at = now()
    from ready r, planned w, requested_change g
   where u.id = r.id and w.id = r.id and cardinality(w.fields) > 0
  returning u.*, {ends} as ends, w.moves, w.email as old_email
), ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = 'administrator'
    from changed c
   where c.ends and s.user_id = c.id and s.revoked_at is null
), lifted as (
  delete from taskward.lockouts l using ready r, requested_change g
   where g.unlock and l.name_kind in {kinds} and l.subject = uuid_send(r.id)
), after as (
  select c.id, c.email, c.username, c.name, c.email_verified_at, c.role, c.is_active, c.second_factor,
         c.created_at, c.updated_at, c.last_login_at from changed c
  union all
  select w.id, w.email, w.username, w.name, w.email_verified_at, w.role, w.is_active, w.second_factor,
         w.created_at, w.updated_at, w.last_login_at from planned w join ready r on r.id = w.id where not exists (select from changed)
))";

/// The audit records of a change, of removed locks, and of a code.
std::string audit_change(const StatementLayout& at) {
  const std::string origin = parameter(at.stamp + 1) + "::text, " + parameter(at.stamp + 2) +
                             "::text::inet, " + parameter(at.stamp + 3) + "::text";
  const std::string outcome = "case when d.refusal is null then 'success' else 'failure' end";
  return audit("audited", stamp_values(at.stamp),
               {.action = AuditAction::account_change,
                .object = asked_id(at.argument(0)),
                .outcome = outcome,
                .reason = "d.refusal",
                .changed_fields = "w.fields"},
               "actor a cross join requested_change g left join decided d on true left join planned w on true"
               " where not a.permitted or (d.id is not null and (cardinality(w.fields) > 0"
               " or not (g.unlock or g.reset)))") +
         audit("audited_unlock", "g.unlock_record, " + origin,
               {.action = AuditAction::account_unlock,
                .object = "r.id",
                .reason = "(select string_agg(k.name_kind, ',' order by k.name_kind) from locks k"
                          " where k.locked_until > now())"},
               "actor a cross join requested_change g join ready r on g.unlock") +
         audit("audited_reset", "g.reset_record, " + origin,
               {.action = AuditAction::code_request,
                .object = "d.id",
                .outcome = "case when d.refusal is null then 'success' else 'denied' end",
                .reason = "'" + std::string(model::name(model::CodePurpose::password_reset)) + "'"},
               "actor a cross join requested_change g join decided d on g.reset and coalesce(d.refusal,"
               " 'too_many_requests') = 'too_many_requests'");
}

// Arguments: the account, whether it is confirmed, the order, six of a code, four of its mail, four of the
// announcement.
const ActorStatements change =
    for_both_actors("change_account", Effect::writes, [](const StatementLayout& at) {
      const std::string user = at.argument(0) + "::uuid";
      const std::string ends =
          "(w.moves or g.password_hash is not null or (w.is_active and g.is_active is false))";
      return at.begin + filled(kOrder, {{"order", at.argument(2)}}) +
             lock_target(at,
                         "exists (select from requested_change g where g.role <> 'admin' or not g.is_active)",
                         at.argument(1) + "::boolean") +
             filled(kPlan, {{"same_email", same_name("t.email", "g.email")},
                            {"is_last", is_last_administrator("w.id")},
                            {"email_taken", same_name("o.email", "g.email")},
                            {"username_taken", same_name("o.username", "g.username")}}) +
             issue_code(at.first_argument + 3) + queue_mail("mailed", at.first_argument + 9, "issued") +
             filled(kApply, {{"ends", ends}, {"kinds", std::string(kLockKinds)}}) +
             queue_mail("announced", at.first_argument + 13,
                        "changed c where c.moves and c.old_email is not null") +
             audit_change(at) +
             filled(R"(
select a.permitted, exists (select from authorized), exists (select from target), d.refusal, {wait},
       {columns}
  from actor a left join decided d on true left join after x on true
  left join (select {email} as email, {username} as username, {caller} as caller) k on true)",
                    {{"wait", seconds_until_code_allowed(at.first_argument + 3)},
                     {"columns", account_columns("x", "k")},
                     {"email", lock_left("email", "requested_change g where g.unlock")},
                     {"username", lock_left("username", "requested_change g where g.unlock")},
                     {"caller", lock_left("caller", "requested_change g where g.unlock")}});
    });

// Arguments: the account, whether it is confirmed.
const ActorStatements remove =
    for_both_actors("delete_account", Effect::writes, [](const StatementLayout& at) {
      return at.begin + lock_target(at, "true", at.argument(1) + "::boolean") +
             filled(R"(, sole_administrator as materialized (
  select t.id from target t where {is_last}
), deleted as (
  delete from taskward.users u using target t
   where u.id = t.id and not exists (select from sole_administrator)
  returning u.id
), deleted_lockouts as (
  delete from taskward.lockouts l using deleted g where l.name_kind in {kinds} and l.subject = uuid_send(g.id)
))",
                    {{"is_last", is_last_administrator("t.id")}, {"kinds", std::string(kLockKinds)}}) +
             audit("audited", stamp_values(at.stamp),
                   {.action = AuditAction::account_delete,
                    .object = asked_id(at.argument(0)),
                    .outcome = "case when o.id is null then 'success' else 'failure' end",
                    .reason = "case when o.id is not null then 'last_administrator' end"},
                   "actor a left join target t on true left join sole_administrator o on true"
                   " where not a.permitted or t.id is not null") +
             " select a.permitted, exists (select from authorized), exists (select from target),"
             " exists (select from sole_administrator) from actor a";
    });

// Argument: the account.
const ActorStatements end_all =
    for_both_actors("end_all_sessions", Effect::writes, [](const StatementLayout& at) {
      return at.begin + lock_target(at, "false", "true") +
             filled(R"(, next_epoch as (
  update taskward.users u set auth_epoch = u.auth_epoch + 1 from target t where u.id = t.id
), ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = 'administrator'
    from target u
   where s.user_id = u.id and s.revoked_at is null
  returning s.expires_at > now() and s.auth_epoch = u.auth_epoch and u.is_active as was_live
))",
                    {}) +
             audit(
                 "audited", stamp_values(at.stamp),
                 {.action = AuditAction::session_end, .object = asked_id(at.argument(0)), .reason = "'all'"},
                 "actor a left join target t on true where not a.permitted or t.id is not null") +
             " select a.permitted, exists (select from authorized), exists (select from target),"
             " (select count(*) from ended e where e.was_live) from actor a";
    });

// $1..$4 stamp, $5 user, $6 session.
const Statement end_one{
    "end_session_of_account", Effect::writes,
    operator_cte() + R"(, ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = 'administrator'
    from taskward.users u
   where s.user_id = $5::uuid and u.id = s.user_id and s.id = $6::uuid and )" +
        std::string(kIsLive) + " returning s.id)" +
        audit("audited", stamp_values(1),
              {.action = AuditAction::session_end, .object_type = "'session'", .object = "e.id"},
              "actor a cross join ended e") +
        " select id from ended"};

template <class Text>
void write_text(json::Writer& w, std::string_view key, const std::optional<Text>& text) {
  if (!text) return;
  w.key(key);
  w.string(*text);
}

void write_switch(json::Writer& w, std::string_view key, bool value) {
  w.key(key);
  w.boolean(value);
}

/// The order as kOrder reads it.
std::string order_json(const AccountChangeOrder& order) {
  const model::AccountChange& wanted = order.change;
  json::Writer w;
  w.begin_object();
  if (wanted.role) write_text(w, "role", std::optional(model::name(*wanted.role)));
  if (wanted.is_active) write_switch(w, "is_active", *wanted.is_active);
  write_text(w, "email", wanted.email);
  write_text(w, "username", wanted.username);
  write_text(w, "name", wanted.name);
  write_text(w, "password_hash", order.password_hash);
  write_switch(w, "unlock", wanted.unlock);
  write_switch(w, "reset", order.reset.has_value());
  // An account without an address may have got one in the meantime, to which the change must be announced.
  write_switch(w, "is_addressed", order.reset || wanted.email.has_value());
  write_text(w, "addressee", order.addressee);
  write_text(w, "unlock_record", std::optional(order.unlock_record.text()));
  write_text(w, "reset_record", std::optional(order.reset_record.text()));
  w.end_object();
  return w.take();
}

/// The parameters up to the first argument, the account.
void add_target(Params& params, const Actor& actor, const model::AuditStamp& stamp, const UserId& user) {
  add_actor(params, actor);
  add_stamp(params, stamp);
  params.id(user);
}

void add_switch(Params& params, bool value) { params.literal(value ? "true" : "false"); }

void add_nulls(Params& params, int count) {
  for (int i = 0; i < count; ++i) params.null();
}

/// Runs the statement again if the actor was demoted or deactivated while it waited, or if the last
/// administrator would be taken away: it has done nothing then. `bind` adds the parameters, with whether that
/// is confirmed. `read` reads the columns after permitted and those for `authorized` and `target`.
template <class T, class Bind, class Read>
Result<T> run_on_account(db::Connection& database, const Statement& statement, const Bind& bind,
                         const Read& read) {
  for (int tries = 0; tries < kMaxAttempts; ++tries) {
    Params params;
    bind(params, tries > 0);
    const Rows rows = retry_on_unique_violation([&] { return database.run(statement, params); });
    auto row = permitted_row(rows);
    if (!row) return std::move(row).error();
    if (!row->boolean()) continue;
    if (!row->boolean()) return ErrorCode::not_found;
    return read(*row);
  }
  return session_ended_error();
}

Result<std::optional<model::Account>> changed_account(db::RowReader& row) {
  if (const auto refusal = row.text_or_null()) {
    if (*refusal == "changed_meanwhile") return std::optional<model::Account>();
    if (*refusal == "last_administrator") return ErrorCode::last_administrator;
    if (*refusal == "email_taken") return ErrorCode::email_taken;
    if (*refusal == "username_taken") return ErrorCode::username_taken;
    return too_many_codes(row);
  }
  row.skip();
  return std::optional(account_from(row));
}

}  // namespace

StatementList account_change_statements() {
  return {&change.by_administrator,
          &change.by_operator,
          &remove.by_administrator,
          &remove.by_operator,
          &end_all.by_administrator,
          &end_all.by_operator,
          &end_one};
}

Result<std::optional<model::Account>> change_account(db::Connection& database, const Actor& actor,
                                                     const AccountChangeOrder& order,
                                                     const model::AuditStamp& stamp) {
  const std::string order_text = order_json(order);
  const auto bind = [&](Params& params, bool is_confirmed) {
    add_target(params, actor, stamp, order.user);
    add_switch(params, is_confirmed);
    params.text(order_text);
    if (order.reset) {
      add_code(params, order.reset->code);
      add_mail(params, order.reset->mail);
    } else {
      add_nulls(params, 10);
    }
    if (order.announcement)
      add_mail(params, *order.announcement);
    else
      add_nulls(params, 4);
  };
  return run_on_account<std::optional<model::Account>>(database, change.of(actor), bind, changed_account);
}

Result<Done> delete_account(db::Connection& database, const Actor& actor, const UserId& user,
                            const model::AuditStamp& stamp) {
  const auto bind = [&](Params& params, bool is_confirmed) {
    add_target(params, actor, stamp, user);
    add_switch(params, is_confirmed);
  };
  return run_on_account<Done>(database, remove.of(actor), bind, [](db::RowReader& row) -> Result<Done> {
    if (row.boolean()) return ErrorCode::last_administrator;
    return Done{};
  });
}

Result<std::int64_t> end_sessions(db::Connection& database, const Actor& actor, const UserId& user,
                                  const model::AuditStamp& stamp) {
  return run_on_account<std::int64_t>(
      database, end_all.of(actor), [&](Params& params, bool) { add_target(params, actor, stamp, user); },
      [](db::RowReader& row) -> Result<std::int64_t> { return row.number(); });
}

Result<Done> end_session_of(db::Connection& database, const UserId& user, const SessionId& session,
                            const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  params.id(user).id(session);
  if (database.run(end_one, params).empty()) return ErrorCode::not_found;
  return Done{};
}

}  // namespace taskward::store
