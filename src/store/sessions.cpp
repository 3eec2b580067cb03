#include "taskward/store/sessions.hpp"

#include "fragments.hpp"
#include "session_rows.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

/// The CTE `presented`: the token, its session and its user. $5 user, $6 session, $7 token hash.
const std::string kPresented = R"(
with presented as (
  select t.used_at, t.expires_at > now() as fresh, s.id as session_id,
         s.revoked_at is null and s.expires_at > now() and s.auth_epoch = u.auth_epoch as alive, t.used_at < now() - )" +
                               interval(model::kRotationRace) +
                               R"( as stale, u.*
    from taskward.refresh_tokens t
    join taskward.sessions s on s.user_id = t.user_id and s.id = t.session_id
    join taskward.users u on u.id = t.user_id
   where t.user_id = $5::uuid and t.session_id = $6::uuid and t.token_hash = $7::bytea
))";

// $1..$4 stamp, $5..$7 as above, $8 the new hash, $9 seconds. The update of the old token
// decides a race: PostgreSQL locks its row and evaluates the condition again.
const Statement rotate_token_pair{
    "rotate_refresh_token", Effect::writes,
    kPresented + R"(, rotated as (
  update taskward.refresh_tokens t set used_at = now()
    from presented p
   where t.user_id = p.id and t.token_hash = $7::bytea and t.used_at is null and p.fresh and p.alive and p.is_active
  returning t.user_id, t.session_id
), renewed as (
  update taskward.sessions s
     set last_used_at = now(), expires_at = now() + make_interval(secs => $9::double precision),
         client_address = $3::text::inet, user_agent = $4::text
    from rotated r
   where s.user_id = r.user_id and s.id = r.session_id and s.revoked_at is null
  returning s.user_id, s.id, s.expires_at
), token as (
  insert into taskward.refresh_tokens (user_id, token_hash, session_id, expires_at)
  select r.user_id, $8::bytea, r.id, r.expires_at from renewed r
), ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = 'refresh_token_reused'
    from presented p
   where s.user_id = p.id and s.id = p.session_id and s.revoked_at is null and p.stale
  returning s.id
), outcome as (
  select p.id, p.role, r.id is not null as renewed,
         case when r.id is not null then null
              when p.id is null then 'unknown_token'
              when t.user_id is not null then 'session_ended'  -- while this statement waited for its lock
              when e.id is not null then 'refresh_token_reused'
              when p.stale then 'refresh_token_reused'
              when p.used_at is not null then 'refresh_race'
              when not p.alive then 'session_ended'
              when not p.fresh then 'token_expired'
              when not p.is_active then 'account_inactive'
              else 'refresh_race' end as reason
    from (select) one left join presented p on true left join rotated t on true
         left join renewed r on true left join ended e on true
), audited as (
  insert into taskward.audit )" +
        std::string(kAuditColumns) + " select " + stamp_values(1) + ", o.id, o.role, " +
        quoted(model::AuditAction::session_refresh) +
        R"(, 'session', $6::uuid, case when o.renewed then 'success' else 'failure' end, o.reason, null::text[]
    from outcome o
)
select o.renewed, o.reason, )" +
        user_columns("p") + " from outcome o left join presented p on true"};

/// SQL: whether the scope includes the session s, relative to the session `own`.
std::string in_scope(const std::string& scope, const std::string& own) {
  return "case " + scope + " when 'session' then s.id = " + own + " when 'others' then s.id <> " + own +
         " else true end";
}

std::string audit_logout(int stamp, const std::string& caller) {
  return ", audited as (insert into taskward.audit " + std::string(kAuditColumns) + " select " +
         stamp_values(stamp) + ", c.id, c.role, " + quoted(model::AuditAction::session_logout) +
         ", 'session', c.session_id, c.outcome, c.reason, null::text[] from " + caller + " c)";
}

// $1..$3 caller, $4..$7 stamp, $8 scope.
const Statement log_out_by_access{"log_out_by_access_token", Effect::writes,
                                  std::string(kCaller) + R"(, ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = 'logout'
    from caller c
   where c.permitted and s.user_id = c.id and s.revoked_at is null and )" +
                                      in_scope("$8::text", "$1::uuid") + R"(
), logout as (
  select c.id, c.role, $1::uuid as session_id, case when c.permitted then 'success' else 'denied' end as outcome,
         $8::text as reason
    from caller c
))" + audit_logout(4, "logout") + " select c.permitted from caller c"};

// $1..$4 stamp, $5..$7 as in kPresented, $8 scope.
const Statement log_out_by_refresh{
    "log_out_by_refresh_token", Effect::writes,
    kPresented + R"(, logout as (
  select p.id, p.role, p.session_id, case when p.stale then 'failure' else 'success' end as outcome,
         case when p.stale then 'refresh_token_reused' else $8::text end as reason, coalesce(p.stale, false) as stale
    from presented p
   where p.alive and p.fresh and p.is_active
), ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = coalesce(nullif(d.reason, $8::text), 'logout')
    from logout d
   where s.user_id = d.id and s.revoked_at is null and )" +
        in_scope("case when d.stale then 'session' else $8::text end", "d.session_id") + R"(
))" + audit_logout(1, "logout") +
        " select d.stale from logout d"};

// $1..$3 caller.
const Statement list{"list_sessions", Effect::reads, std::string(kCaller) + R"(
select c.permitted, s.id, s.method, s.created_at, s.last_used_at, s.expires_at, host(s.client_address), s.user_agent,
       s.id = $1::uuid
  from caller c join taskward.sessions s on s.user_id = c.id and s.auth_epoch = c.auth_epoch
 where s.revoked_at is null and s.expires_at > now()
 order by s.last_used_at desc, s.id desc)"};

// $1..$3 caller, $4..$7 stamp, $8 session.
const Statement end_one{"end_session", Effect::writes,
                        std::string(kCaller) + R"(, ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = 'ended'
    from caller c
   where c.permitted and s.user_id = c.id and s.id = $8::uuid and s.revoked_at is null and s.expires_at > now()
     and s.auth_epoch = c.auth_epoch
  returning s.id
))" + audit_action(model::AuditAction::session_end, "session", "ended", "null::text[]", "$8") +
                            " select c.permitted, e.id from caller c left join ended e on true"};

void add_presented(Params& params, const PresentedToken& token) {
  params.id(token.user).id(token.session).bytes(crypto::view(token.hash));
}

}  // namespace

StatementList session_statements() {
  return {&rotate_token_pair, &log_out_by_access, &log_out_by_refresh, &list, &end_one};
}

Result<model::User> rotate_token(db::Connection& database, const PresentedToken& old_token,
                                 const crypto::Sha256& new_hash, std::chrono::seconds ttl,
                                 const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_presented(params, old_token);
  params.bytes(crypto::view(new_hash)).number(ttl.count());
  const Rows rows = database.run(rotate_token_pair, params);
  db::RowReader row = rows.row(0);
  if (row.boolean()) {
    row.skip();
    return user_from(row);
  }
  const std::string reason = row.text();
  if (reason == "refresh_token_reused" || reason == "refresh_race") {
    return Error(ErrorCode::refresh_token_reused, {}, reason);
  }
  Error refusal = session_ended_error();
  refusal.internal = reason;
  return refusal;
}

Result<Done> revoke_sessions(db::Connection& database,
                             const model::Access<model::Permission::own_profile>& access,
                             model::LogoutScope scope, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.text(model::name(scope));
  const Rows rows = database.run(log_out_by_access, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return Done{};
}

Result<Done> revoke_sessions(db::Connection& database, const PresentedToken& token, model::LogoutScope scope,
                             const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_presented(params, token);
  params.text(model::name(scope));
  const Rows rows = database.run(log_out_by_refresh, params);
  if (rows.empty()) return session_ended_error();
  if (rows.row(0).boolean()) return ErrorCode::refresh_token_reused;
  return Done{};
}

Result<std::vector<model::Session>> list_sessions(
    db::Connection& database, const model::Access<model::Permission::own_profile>& access) {
  Params params;
  add_caller(params, access);
  return read_list<model::Session>(database.run(list, params), [](db::RowReader& row) {
    model::Session session = session_from(row);
    session.current = row.boolean();
    return session;
  });
}

Result<Done> end_session(db::Connection& database,
                         const model::Access<model::Permission::own_profile>& access,
                         const SessionId& session, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(session);
  const Rows rows = database.run(end_one, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  return Done{};
}

}  // namespace taskward::store
