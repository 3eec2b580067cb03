// Adding and removing TOTP and recovery codes, and removing all second factors.
#include "administration_sql.hpp"
#include "factor_sql.hpp"
#include "fragments.hpp"
#include "session_rows.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "taskward/model/limit.hpp"
#include "taskward/store/second_factors.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

const std::string kPendingTotp =
    "t.confirmed_at is null and t.created_at > now() - " + interval(model::kTotpPendingLifetime);

// $1..$3 caller, $4..$7 stamp, $8 sealed secret.
const Statement begin_enrollment{"begin_totp", Effect::writes,
                                 std::string(kCaller) + R"(, stored as (
  insert into taskward.totp as t (user_id, session_id, sealed_secret)
  select c.id, $1::uuid, $8::bytea from caller c where c.permitted
  on conflict (user_id) do update
     set session_id = excluded.session_id, sealed_secret = excluded.sealed_secret, created_at = now()
   where t.confirmed_at is null
  returning t.user_id as id
))" + audit_action(AuditAction::totp_begin, "user", "stored") +
                                     " select c.permitted, e.id from caller c left join stored e on true"};

// $1..$3 caller.
const Statement pending{"find_pending_totp", Effect::reads,
                        std::string(kCaller) +
                            " select c.permitted, t.sealed_secret from caller c left join"
                            " taskward.totp t on t.user_id = c.id and t.session_id = $1::uuid and " +
                            kPendingTotp};

// $1..$3 caller, $4..$7 stamp, $8 sealed secret, $9 step, $10 hashes, $11..$14 notice.
const Statement confirm_enrollment{
    "confirm_totp", Effect::writes,
    std::string(kCaller) + R"(, before as materialized ()" + factor_owner() + R"(), changed as (
  update taskward.totp t set confirmed_at = now(), session_id = null, last_step = $9::bigint
    from before b
   where t.user_id = b.id and t.session_id = $1::uuid and t.sealed_secret = $8::bytea and )" +
        kPendingTotp + R"(
  returning t.user_id as id
))" + first_codes(10) +
        now_with_factor("array['otp', 'mfa']") +
        queue_mail("noticed", 11, "flagged f where f.email is not null") +
        audit_action(AuditAction::totp_enable, "user", "changed") +
        " select c.permitted, d.id is not null, not b.second_factor, " + user_columns("f") + ", " +
        authentication_columns("s") +
        " from caller c left join before b on true left join changed d on true left join flagged f on true"
        " left join renewed s on true"};

// $1..$3 caller, $4..$7 stamp, $8..$11 notice.
const Statement remove{"remove_totp", Effect::writes,
                       std::string(kCaller) + R"(, before as materialized (
  select u.id from taskward.users u join caller c on c.permitted and u.id = c.id and u.auth_epoch = c.auth_epoch
     for update of u
), changed as (
  delete from taskward.totp t using before b where t.user_id = b.id and t.confirmed_at is not null
  returning t.user_id as id
))" + without_factor("exists (select from taskward.passkeys p where p.user_id = u.id)") +
                           queue_mail("noticed", 8, "flagged f where f.email is not null") +
                           audit_action(AuditAction::totp_disable, "user", "changed") +
                           " select c.permitted, d.id is not null from caller c left join changed d on true"};

// $1..$3 caller, $4..$7 stamp, $8 hashes.
const Statement replace_codes{
    "replace_recovery_codes", Effect::writes,
    std::string(kCaller) + R"(, before as materialized (
  select u.id from taskward.users u join caller c on c.permitted and u.id = c.id and u.auth_epoch = c.auth_epoch
   where u.second_factor for update of u
), removed as (
  delete from taskward.recovery_codes r using before b where r.user_id = b.id
), created as (
  insert into taskward.recovery_codes (user_id, code_hash)
  select b.id, h from before b, unnest($8::bytea[]) h
))" + audit_action(AuditAction::recovery_codes_create, "user", "before") +
        " select c.permitted, b.id is not null from caller c left join before b on true"};

// Arguments: the account, four of the notice.
const ActorStatements reset = for_both_actors("reset_factors", Effect::writes, [](const StatementLayout& at) {
  const std::string user = at.argument(0) + "::uuid";
  return at.begin +
         filled(R"(, target as materialized (
  select u.id, u.email from taskward.users u, actor a
   where a.permitted and u.id = {user} for update of u
), no_totp as (
  delete from taskward.totp t using target g where t.user_id = g.id
), no_passkeys as (
  delete from taskward.passkeys p using target g where p.user_id = g.id
), no_codes as (
  delete from taskward.recovery_codes r using target g where r.user_id = g.id
), no_logins as (
  delete from taskward.mfa_logins m using target g where m.user_id = g.id
), changed as (
  update taskward.users u set second_factor = false, auth_epoch = u.auth_epoch + 1, updated_at = now()
    from target g where u.id = g.id
), ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = 'administrator'
    from target g where s.user_id = g.id and s.revoked_at is null
))",
                {{"user", user}}) +
         queue_mail("noticed", at.first_argument + 1, "target g where g.email is not null") +
         audit("audited", stamp_values(at.stamp),
               {.action = AuditAction::mfa_reset, .object = asked_id(at.argument(0))},
               "actor a left join target t on true where not a.permitted or t.id is not null") +
         " select a.permitted, exists (select from target) from actor a";
});

}  // namespace

StatementList factor_change_statements() {
  return {&begin_enrollment, &pending,       &confirm_enrollment,     &remove,
          &lock_account,     &replace_codes, &reset.by_administrator, &reset.by_operator};
}

Result<Done> begin_totp(db::Connection& database, const OwnProfile& access, const std::string& sealed_secret,
                        const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.bytes(sealed_secret);
  const Rows rows = database.run(begin_enrollment, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::totp_enabled;
  return Done{};
}

Result<std::string> find_pending_totp(db::Connection& database, const OwnProfile& access) {
  Params params;
  add_caller(params, access);
  const Rows rows = database.run(pending, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  return row->text();
}

Result<ConfirmedTotp> confirm_totp(db::Connection& database, const OwnProfile& access,
                                   const std::string& sealed_secret, std::int64_t step,
                                   const std::vector<std::string>& code_hashes, const SealedMail& notice,
                                   const model::AuditStamp& stamp) {
  db::ArrayText hashes = array_of_hashes(code_hashes);
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.bytes(sealed_secret).number(step).literal(hashes.c_str());
  add_mail(params, notice);
  const Rows rows = database.run(confirm_enrollment, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (!row->boolean()) return ErrorCode::not_found;
  ConfirmedTotp confirmed;
  confirmed.has_new_codes = row->boolean();
  confirmed.session = live_session_from(*row);
  return confirmed;
}

Result<Done> remove_totp(db::Connection& database, const OwnProfile& access, const SealedMail& notice,
                         const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  add_mail(params, notice);
  const Rows rows = run_locked(database, access.user(), remove, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (!row->boolean()) return ErrorCode::not_found;
  return Done{};
}

Result<Done> replace_recovery_codes(db::Connection& database, const OwnProfile& access,
                                    const std::vector<std::string>& code_hashes,
                                    const model::AuditStamp& stamp) {
  db::ArrayText hashes = array_of_hashes(code_hashes);
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.literal(hashes.c_str());
  const Rows rows = run_locked(database, access.user(), replace_codes, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (!row->boolean()) return ErrorCode::not_found;
  return Done{};
}

Result<Done> reset_factors(db::Connection& database, const Actor& actor, const UserId& user,
                           const SealedMail& notice, const model::AuditStamp& stamp) {
  Params params;
  add_actor(params, actor);
  add_stamp(params, stamp);
  params.id(user);
  add_mail(params, notice);
  const Rows rows = run_locked(database, user, reset.of(actor), params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (!row->boolean()) return ErrorCode::not_found;
  return Done{};
}

}  // namespace taskward::store
