#include "taskward/store/sessions.hpp"

#include <algorithm>
#include <stdexcept>

#include "fragments.hpp"
#include "session_rows.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

/// SQL over the session s and the user u. The user is read without a lock, so it may be older than a session
/// that was locked meanwhile, and that a new password kept.
const std::string kIsAlive =
    "(s.revoked_at is null and s.expires_at > now() and s.auth_epoch >= u.auth_epoch)";

/// SQL on a refresh token that was presented: $5 user, $6 session, $7 hash.
struct TokenSql {
  std::string name;
  std::string begin;       ///< before the first CTE
  std::string is_taken;    ///< whether the session s may be renewed, after the CTEs of `begin`
  std::string from;        ///< the session s, its user u, and what else is needed for the following
  std::string is_current;  ///< whether the token has not been replaced
  std::string replaced_at;
};

const TokenSql kToken{"refresh_token",
                      "with ",
                      "s.token_hash = $7::bytea",
                      "taskward.sessions s join taskward.users u on u.id = s.user_id",
                      "s.token_hash = $7::bytea",
                      "case when s.previous_token_hash = $7::bytea then s.last_used_at end"};

// The table is written first and the session after it, as by the workers of older releases.
const TokenSql kFormerToken{
    "former_refresh_token",
    filled(R"(with used as (
  update taskward.refresh_tokens t set used_at = now()
    from taskward.sessions s join taskward.users u on u.id = s.user_id
   where t.user_id = $5::uuid and t.session_id = $6::uuid and t.token_hash = $7::bytea and t.used_at is null
     and s.user_id = t.user_id and s.id = t.session_id and {is_alive} and u.is_active
  returning t.user_id
), )",
           {{"is_alive", kIsAlive}}),
    "s.token_hash is null and exists (select from used)",
    "taskward.sessions s join taskward.users u on u.id = s.user_id join "
    "taskward.refresh_tokens t on t.user_id = s.user_id and t.session_id = s.id and "
    "t.token_hash = $7::bytea",
    "s.token_hash is null and t.used_at is null",
    "case when s.previous_token_hash = $7::bytea then s.last_used_at else t.used_at end"};

/// $1..$4 stamp, $5..$7 as above, $8 hash and $9 Unix time of the new token, $10 lifetime in seconds. The
/// update of the session decides a race: PostgreSQL locks the row and evaluates the condition again. Refusals
/// have a statement of their own, because even unused parts of a statement cost time.
Statement rotation(const TokenSql& token) {
  return {"rotate_" + token.name, Effect::writes,
          filled(R"({begin}rotated as (
  update taskward.sessions s
     set token_hash = $8::bytea, previous_token_hash = $7::bytea, token_issued_at = to_timestamp($9::bigint),
         last_used_at = now(), expires_at = now() + make_interval(secs => $10::double precision),
         client_address = $3::text::inet, user_agent = $4::text
    from taskward.users u
   where s.user_id = $5::uuid and s.id = $6::uuid and u.id = s.user_id and {is_taken} and {is_alive} and u.is_active
  returning u.*, {authentication}
), audited as (
  insert into taskward.audit {audit_columns}
  select {stamp}, r.id, r.role, {action}, 'session', $6::uuid, 'success', null, null::text[] from rotated r
)
select {user}, r.session_amr, r.session_authenticated_at from rotated r)",
                 {{"begin", token.begin},
                  {"is_taken", token.is_taken},
                  {"is_alive", kIsAlive},
                  {"audit_columns", std::string(kAuditColumns)},
                  {"stamp", stamp_values(1)},
                  {"action", quoted(model::AuditAction::session_refresh)},
                  {"authentication", authentication_columns("s")},
                  {"user", user_columns("r")}})};
}

/// For a token that could not be exchanged. $1..$4 stamp, $5..$7 as above, $8 hash of the token to grant
/// again, $9 whether another one was granted is a refusal; otherwise nothing is recorded then.
Statement answer_to_used(const TokenSql& token) {
  return {"answer_used_" + token.name, Effect::writes,
          filled(R"(with presented as (
  select s.token_hash, s.token_issued_at, {is_current} as is_current,
         ({replaced_at}) >= now() - {race} as is_race, {is_alive} as is_alive,
         s.previous_token_hash = $7::bytea and s.client_address = $3::text::inet
           and s.user_agent is not distinct from $4::text as is_same_client,
         {authentication}, u.*
    from {from}
   where s.user_id = $5::uuid and s.id = $6::uuid
), answer as (
  select p.*, case when p.id is null then 'unknown_token'
                   when p.is_current is not true and p.is_race is not true then 'refresh_token_reused'
                   when not p.is_alive then 'session_ended'
                   when not p.is_active then 'account_inactive'
                   when p.is_current or p.is_same_client is not true then 'refresh_race'
                   when p.token_hash = $8::bytea then 'successor_resent'
                   when $9::boolean then 'refresh_race' end as reason
    from (select) one left join presented p on true
), ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = a.reason
    from answer a
   where a.reason = 'refresh_token_reused' and s.user_id = a.id and s.id = $6::uuid and s.revoked_at is null
), audited as (
  insert into taskward.audit {audit_columns}
  select {stamp}, a.id, a.role, {action}, 'session', $6::uuid,
         case a.reason when 'successor_resent' then 'success' else 'failure' end, a.reason, null::text[]
    from answer a where a.reason is not null
)
select a.reason = 'successor_resent', a.reason, a.token_hash, a.token_issued_at, {user}, a.session_amr,
       a.session_authenticated_at from answer a)",
                 {{"is_current", token.is_current},
                  {"replaced_at", token.replaced_at},
                  {"race", interval(model::kRotationRace)},
                  {"is_alive", kIsAlive},
                  {"from", token.from},
                  {"audit_columns", std::string(kAuditColumns)},
                  {"stamp", stamp_values(1)},
                  {"action", quoted(model::AuditAction::session_refresh)},
                  {"authentication", authentication_columns("s")},
                  {"user", user_columns("a")}})};
}

const Statement rotate = rotation(kToken);
const Statement rotate_former = rotation(kFormerToken);
const Statement answer_used = answer_to_used(kToken);
const Statement answer_used_former = answer_to_used(kFormerToken);

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

// $1..$4 stamp, $5..$7 as in TokenSql, $8 scope.
Statement log_out_by(const TokenSql& token) {
  return {
      "log_out_by_" + token.name, Effect::writes,
      filled(R"(with logout as (
  select p.id, p.role, p.session_id, case when p.reused then 'failure' else 'success' end as outcome,
         case when p.reused then 'refresh_token_reused' else $8::text end as reason, p.reused
    from (select u.id, u.role, s.id as session_id,
                 not coalesce({is_current} or ({replaced_at}) >= now() - {race}, false) as reused
            from {from}
           where s.user_id = $5::uuid and s.id = $6::uuid and {is_alive} and u.is_active) p
), ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = case when d.reused then d.reason else 'logout' end
    from logout d
   where s.user_id = d.id and s.revoked_at is null and {in_scope}
){audited} select d.reused from logout d)",
             {{"is_current", token.is_current},
              {"replaced_at", token.replaced_at},
              {"race", interval(model::kRotationRace)},
              {"from", token.from},
              {"is_alive", kIsAlive},
              {"in_scope", in_scope("case when d.reused then 'session' else $8::text end", "d.session_id")},
              {"audited", audit_logout(1, "logout")}})};
}

const Statement log_out_by_refresh = log_out_by(kToken);
const Statement log_out_by_former_refresh = log_out_by(kFormerToken);

// $1..$3 caller.
const Statement list{"list_sessions", Effect::reads,
                     std::string(kCaller) + R"(
select c.permitted, s.id, s.method, s.created_at, s.last_used_at, s.expires_at, host(s.client_address), s.user_agent,
       )" + authentication_columns("s") +
                         R"(, s.id = $1::uuid
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

/// What happens when another token than `successor` was granted.
enum class IfAnother : std::uint8_t { ask, refuse };

Result<Rotation> answer(db::Connection& database, const PresentedToken& token,
                        const std::optional<crypto::Sha256>& successor, IfAnother if_another,
                        const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_presented(params, token);
  if (successor)
    params.bytes(crypto::view(*successor));
  else
    params.null();
  params.literal(if_another == IfAnother::refuse ? "true" : "false");
  const Rows rows = database.run(token.is_former ? answer_used_former : answer_used, params);
  db::RowReader row = rows.row(0);
  if (row.is_null()) {
    row.skip();
    row.skip();
    IssuedToken granted;
    const std::string_view hash = row.view();
    if (hash.size() != granted.hash.size()) throw std::runtime_error("a stored token hash is damaged");
    std::copy_n(hash.begin(), granted.hash.size(), granted.hash.begin());
    granted.issued_at = row.timestamp();
    return Rotation(granted);
  }
  if (row.boolean()) {
    for (int i = 0; i < 3; ++i) row.skip();
    return Rotation(live_session_from(row));
  }
  const std::string reason = row.text();
  if (reason == "refresh_token_reused" || reason == "refresh_race") {
    return Error(ErrorCode::refresh_token_reused, {}, reason);
  }
  Error refusal = session_ended_error();
  refusal.internal = reason;
  return refusal;
}

}  // namespace

StatementList session_statements() {
  return {&rotate,
          &rotate_former,
          &answer_used,
          &answer_used_former,
          &log_out_by_access,
          &log_out_by_refresh,
          &log_out_by_former_refresh,
          &list,
          &end_one};
}

Result<Rotation> rotate_token(db::Connection& database, const PresentedToken& old_token,
                              const IssuedToken& new_token, std::chrono::seconds ttl,
                              const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_presented(params, old_token);
  params.bytes(crypto::view(new_token.hash))
      .number(std::chrono::floor<std::chrono::seconds>(new_token.issued_at).time_since_epoch().count())
      .number(ttl.count());
  const Rows rows = database.run(old_token.is_former ? rotate_former : rotate, params);
  if (rows.empty()) return answer(database, old_token, new_token.hash, IfAnother::ask, stamp);
  db::RowReader row = rows.row(0);
  return Rotation(live_session_from(row));
}

Result<model::LiveSession> grant_again(db::Connection& database, const PresentedToken& old_token,
                                       const std::optional<crypto::Sha256>& successor,
                                       const model::AuditStamp& stamp) {
  auto rotation = answer(database, old_token, successor, IfAnother::refuse, stamp);
  if (!rotation) return std::move(rotation).error();
  return std::get<model::LiveSession>(std::move(*rotation));
}

Result<Done> revoke_sessions(db::Connection& database,
                             const model::SessionAccess<model::Permission::own_profile>& access,
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
  const Rows rows = database.run(token.is_former ? log_out_by_former_refresh : log_out_by_refresh, params);
  if (rows.empty()) return session_ended_error();
  if (rows.row(0).boolean()) return ErrorCode::refresh_token_reused;
  return Done{};
}

Result<std::vector<model::Session>> list_sessions(
    db::Connection& database, const model::SessionAccess<model::Permission::own_profile>& access) {
  Params params;
  add_caller(params, access);
  return read_list<model::Session>(database.run(list, params), [](db::RowReader& row) {
    model::Session session = session_from(row);
    session.current = row.boolean();
    return session;
  });
}

Result<Done> end_session(db::Connection& database,
                         const model::SessionAccess<model::Permission::own_profile>& access,
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
