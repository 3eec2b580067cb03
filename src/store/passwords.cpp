#include "taskward/store/passwords.hpp"

#include "code_verification.hpp"
#include "fragments.hpp"
#include "lockout_sql.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

// $1..$3 caller, $4..$7 stamp, $8 old hash, $9 new hash.
const Statement change{"change_password", Effect::writes,
                       std::string(kCaller) + ", " + claim_lock("'caller'", "uuid_send($2::uuid)") +
                           R"(, changed as (
  update taskward.users u set password_hash = $9::text, auth_epoch = u.auth_epoch + 1, updated_at = now()
    from caller c, unlocked
   where c.permitted and u.id = c.id and u.auth_epoch = c.auth_epoch and u.password_hash = $8::text
  returning u.id, u.auth_epoch
), kept as (
  update taskward.sessions s set auth_epoch = d.auth_epoch
    from changed d
   where s.user_id = d.id and s.id = $1::uuid
), ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = 'password_changed'
    from changed d
   where s.user_id = d.id and s.id <> $1::uuid and s.revoked_at is null
))" + audit_action(AuditAction::password_change, "user", "changed") +
                           " select c.permitted, " + locked_for("'caller'") +
                           ", d.id is not null from caller c left join changed d on true"};

// $1 purpose, $2 subject, $3 challenge.
const Statement has_live{"has_live_code", Effect::reads,
                         R"(
select exists (select from taskward.one_time_codes c
                where c.purpose = $1::text and c.subject = $2::bytea and c.used_at is null and c.expires_at > now()
                  and case when c.challenge_hash = $3::bytea then c.challenged_failures else c.failures end < )" +
                             std::to_string(model::kCodeTries) + ")"};

// $1..$4 stamp, $5..$8 code, $9 address, $10 new hash, $11 the id of the audit record of removed locks. If
// the account spells the address differently, the code is not tried.
const Statement reset{"reset_password", Effect::writes,
                      "with " +
                          verify_code(5, "not exists (select from taskward.users o where " +
                                             same_name("o.email", "$9") + " and o.email <> $9::text)") +
                          ", before as (select u.id from taskward.users u where " +
                          same_name("u.email", "$9") + R"(), account as (
  update taskward.users u
     set password_hash = $10::text, email_verified_at = coalesce(u.email_verified_at, now()),
         auth_epoch = u.auth_epoch + 1, updated_at = now()
    from before b, attempt t
   where u.id = b.id and t."right" and u.is_active and u.email = $9::text
  returning u.id, u.role
), ended as (
  update taskward.sessions s set revoked_at = now(), revoked_reason = 'password_reset'
    from account a
   where s.user_id = a.id and s.revoked_at is null
))" + lift_locks("$11::uuid", "$2::text, $3::text::inet, $4::text") +
                          R"(, audited as (
  insert into taskward.audit )" +
                          std::string(kAuditColumns) + " select " + stamp_values(1) + ", a.id, a.role, " +
                          quoted(AuditAction::password_reset) +
                          R"(, case when b.id is not null then 'user' end, b.id,
         case when a.id is not null then 'success' else 'failure' end,
         case when a.id is not null then null when t is null then 'no_live_code' when not t."right" then 'wrong_code'
              when b.id is null then 'unknown_account' else 'account_inactive' end, null::text[]
    from (select) one left join before b on true left join attempt t on true left join account a on true
)
select a.id from account a)"};

}  // namespace

StatementList password_statements() { return {&change, &has_live, &reset}; }

Result<Done> change_password(db::Connection& database,
                             const model::SessionAccess<model::Permission::own_profile>& access,
                             const std::string& old_hash, const std::string& new_hash,
                             const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.text(old_hash).text(new_hash);
  const Rows rows = database.run(change, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (const auto locked = seconds_or_null(*row)) return account_locked(*locked);
  if (!row->boolean()) return ErrorCode::invalid_credentials;
  return Done{};
}

bool has_live_code(db::Connection& database, const CodeAttempt& attempt) {
  Params params;
  params.text(model::name(attempt.purpose)).bytes(crypto::view(attempt.subject));
  add_challenge(params, attempt);
  return database.run(has_live, params).row(0).boolean();
}

Result<Done> reset_password(db::Connection& database, const CodeAttempt& attempt, const std::string& email,
                            const std::string& new_hash, const AuditId& unlock_record,
                            const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_code_attempt(params, attempt);
  params.text(email).text(new_hash).id(unlock_record);
  if (database.run(reset, params).empty()) return ErrorCode::invalid_otp;
  return Done{};
}

}  // namespace taskward::store
