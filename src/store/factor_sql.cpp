#include "factor_sql.hpp"

#include "fragments.hpp"
#include "sql_text.hpp"
#include "taskward/model/otp.hpp"

namespace taskward::store {

using model::AuditAction;

std::string live_login(int token) {
  return filled(
      R"(taskward.mfa_logins m join taskward.users u on u.id = m.user_id and u.auth_epoch = m.auth_epoch
   and u.is_active and u.second_factor
   where m.token_hash = {token}::bytea and m.expires_at > now() and m.failures < {tries})",
      {{"token", parameter(token)}, {"tries", std::to_string(model::kCodeTries)}});
}

FactorSql totp_use(int first) {
  return {"totp",
          filled(R"(used as (
  update taskward.totp t set last_step = {step}::bigint, failures = 0, locks = 0, locked_until = null
    from attempt a
   where t.user_id = a.user_id and t.confirmed_at is not null and t.last_step < {step}::bigint
     and (t.locked_until is null or t.locked_until <= clock_timestamp())
  returning t.user_id
))",
                 {{"step", parameter(first)}}),
          "array['otp', 'mfa']"};
}

FactorSql recovery_code_use(int first) {
  return {"recovery_code",
          filled(R"(used as (
  delete from taskward.recovery_codes r using attempt a
   where r.user_id = a.user_id and r.code_hash = any({hash}::bytea[])
  returning r.user_id
))",
                 {{"hash", parameter(first)}}) +
              queue_mail("noticed", first + 1,
                         "used f join taskward.users u on u.id = f.user_id where u.email is not null"),
          "array['otp', 'mfa']"};
}

std::string_view name(ChallengePurpose purpose) noexcept {
  switch (purpose) {
    case ChallengePurpose::registration:
      return "registration";
    case ChallengePurpose::login:
      return "login";
    case ChallengePurpose::mfa:
      return "mfa";
    case ChallengePurpose::reauthentication:
      return "reauthentication";
  }
  return "";
}

std::string quoted(ChallengePurpose purpose) { return '\'' + std::string(name(purpose)) + '\''; }

// WebAuthn Level 3, section 7.2, step 22: an authenticator that does not count always reports 0. `kept` is
// locked, so that a concurrent use of the passkey is seen.
FactorSql passkey_use(int first, int stamp, ChallengePurpose purpose, const std::string& whose) {
  return {"passkey",
          filled(R"(challenged as (
  delete from taskward.webauthn_challenges w using attempt a
   where w.challenge_hash = {challenge}::bytea and w.purpose = {purpose} and w.expires_at > now() and {whose}
  returning a.user_id
), kept as materialized (
  select p.user_id, p.id, p.sign_count < {count}::bigint or (p.sign_count = 0 and {count}::bigint = 0) as is_ahead
    from taskward.passkeys p, challenged h
   where p.id = {passkey}::uuid and p.user_id = {owner}::uuid and (h.user_id is null or h.user_id = p.user_id)
     and p.is_backup_eligible = {eligible}::boolean
     for update of p
), used as (
  update taskward.passkeys p set sign_count = {count}::bigint, is_backed_up = {backed_up}::boolean, last_used_at = now()
    from kept k
   where p.user_id = k.user_id and p.id = k.id and k.is_ahead
  returning p.user_id, p.is_backup_eligible
), suspected as (
  insert into taskward.audit {columns}
  select {stamp}, null, null, {action}, 'user', k.user_id, 'failure', 'counter_went_back', null::text[]
    from kept k where not k.is_ahead
))",
                 {{"challenge", parameter(first)},
                  {"passkey", parameter(first + 1)},
                  {"owner", parameter(first + 2)},
                  {"count", parameter(first + 3)},
                  {"eligible", parameter(first + 4)},
                  {"backed_up", parameter(first + 5)},
                  {"purpose", quoted(purpose)},
                  {"whose", whose},
                  {"columns", std::string(kAuditColumns)},
                  {"stamp", stamp_values(stamp)},
                  {"action", quoted(AuditAction::passkey_clone_suspected)}}),
          "array[case when f.is_backup_eligible then 'swk' else 'hwk' end, 'mfa']"};
}

void add_passkey_use(db::Params& params, const PasskeyUse& use) {
  const auto boolean = [](bool value) { return value ? "t" : "f"; };
  params.bytes(crypto::view(use.challenge))
      .id(use.passkey)
      .id(use.owner)
      .number(use.sign_count)
      .literal(boolean(use.is_backup_eligible))
      .literal(boolean(use.is_backed_up));
}

std::string factor_owner() {
  return R"(select u.id, u.second_factor from taskward.users u join caller c on c.permitted and u.id = c.id
     and u.auth_epoch = c.auth_epoch
     and (not u.second_factor or exists (select from taskward.sessions s
                                          where s.user_id = u.id and s.id = $1::uuid and 'mfa' = any(s.amr)))
     for update of u)";
}

std::string first_codes(int hashes) {
  return filled(R"(, left_over as (
  delete from taskward.recovery_codes r using changed d, before b where r.user_id = d.id and b.id = d.id and not b.second_factor
), codes as (
  insert into taskward.recovery_codes (user_id, code_hash)
  select d.id, h from changed d join before b on b.id = d.id and not b.second_factor, unnest({hashes}::bytea[]) h
))",
                {{"hashes", parameter(hashes)}});
}

std::string now_with_factor(const std::string& methods) {
  return filled(R"(, flagged as (
  update taskward.users u set second_factor = true, updated_at = now() from changed d where u.id = d.id returning u.*
), renewed as (
  update taskward.sessions s set authenticated_at = now(),
         amr = (select array_agg(distinct m)
                  from unnest({old} || {methods}) m)
    from flagged f
   where s.user_id = f.id and s.id = $1::uuid
  returning s.*
))",
                {{"old", std::string(kSessionMethods)}, {"methods", methods}});
}

std::string without_factor(const std::string& other) {
  return filled(R"(, flagged as (
  update taskward.users u set second_factor = {other}, updated_at = now() from changed d where u.id = d.id returning u.*
), forgotten as (
  delete from taskward.recovery_codes r using flagged f where r.user_id = f.id and not f.second_factor
), lowered as (
  update taskward.sessions s set amr = array_remove(s.amr, 'mfa') from flagged f
   where s.user_id = f.id and not f.second_factor and s.revoked_at is null and 'mfa' = any(s.amr)
))",
                {{"other", other}});
}

const db::Statement lock_account{"lock_account_for_factors", db::Effect::writes,
                                 "select from taskward.users u where u.id = $1::uuid for update"};

db::Rows run_locked(db::Connection& database, const UserId& account, const db::Statement& statement,
                    const db::Params& params) {
  database.connect();
  db::Transaction transaction(database);
  static_cast<void>(database.run(lock_account, db::Params().id(account)));
  db::Rows rows = database.run(statement, params);
  transaction.commit();
  return rows;
}

db::ArrayText array_of_hashes(const std::vector<std::string>& hashes) {
  db::ArrayText array;
  for (const std::string& hash : hashes) array.add(bytea_text(hash));
  return array;
}

}  // namespace taskward::store
