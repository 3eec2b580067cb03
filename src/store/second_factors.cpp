#include "taskward/store/second_factors.hpp"

#include <array>

#include "code_verification.hpp"
#include "factor_sql.hpp"
#include "fragments.hpp"
#include "lockout_sql.hpp"
#include "session_rows.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "taskward/model/limit.hpp"
#include "taskward/model/otp.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

/// SQL: the columns of FactorRecord for the user u.
std::string factor_columns() {
  return user_columns("u") +
         ", t.sealed_secret, case when t.locked_until > clock_timestamp() then"
         " ceil(extract(epoch from t.locked_until - clock_timestamp()))::bigint end, "
         "t.user_id is not null, exists (select from taskward.passkeys p where p.user_id = u.id), "
         "exists (select from taskward.recovery_codes r where r.user_id = u.id)";
}

const std::string kConfirmedTotp =
    " left join taskward.totp t on t.user_id = u.id and t.confirmed_at is not null";

// $1 token hash.
const Statement factors_of_login{
    "find_factors_of_login", Effect::reads,
    "select " + factor_columns() + " from (select u.* from " + live_login(1) + ") u" + kConfirmedTotp};

// $1..$3 caller.
const Statement own_factors{"find_own_factors", Effect::reads,
                            std::string(kCaller) + " select c.permitted, " + factor_columns() +
                                " from caller c join taskward.users u on u.id = c.id" + kConfirmedTotp};

// $1..$3 caller.
const Statement own_account{
    "find_own_account", Effect::reads,
    std::string(kCaller) + " select c.permitted, " + user_columns("u") +
        ", u.second_factor and exists (select from taskward.totp t where t.user_id = u.id and t.confirmed_at "
        "is not"
        " null), case when u.second_factor then (select count(*) from taskward.passkeys p where p.user_id = "
        "u.id)"
        " else 0 end, case when u.second_factor then (select count(*) from taskward.recovery_codes r"
        " where r.user_id = u.id) else 0 end from caller c join taskward.users u on u.id = c.id"};

// $1..$4 stamp, $5 token hash, $6..$8 new session, from $9 on the factor.
Statement completion(const FactorSql& factor) {
  return {"complete_login_with_" + factor.name, Effect::writes,
          "with attempt as (select m.user_id from " + live_login(5) + " for update of m), " + factor.used +
              filled(R"(, finished as (
  delete from taskward.mfa_logins m using used f
   where m.token_hash = $5::bytea and m.user_id = f.user_id
  returning m.user_id, m.method, m.amr || {methods} as amr, m.auth_epoch
), account as (
  update taskward.users u set last_login_at = now() from finished f
   where u.id = f.user_id and u.auth_epoch = f.auth_epoch and u.is_active
  returning u.*, f.method, f.amr
))",
                     {{"methods", factor.methods}}) +
              start_session("begun", "a.method", "a.amr", 6, "account a") +
              R"(, audited as (
  insert into taskward.audit )" +
              std::string(kAuditColumns) + " select " + stamp_values(1) + ", a.id, a.role, " +
              quoted(AuditAction::session_login) + ", 'session', s.id, 'success', '" + factor.name +
              "', null::text[] from account a join begun s on true) select " + user_columns("a") + ", " +
              authentication_columns("s") + " from account a join begun s on true"};
}

/// SQL that renews the authentication of the caller's session. `methods` is SQL for the methods that were
/// used; `from` has a row, and `condition` holds, if it may be renewed. `mfa` stays only if it was among
/// them.
std::string renewal(const std::string& methods, const std::string& from,
                    const std::string& condition = "true") {
  return filled(R"(, renewed as (
  update taskward.sessions s set authenticated_at = now(),
         amr = (select array_agg(distinct m) from unnest(array_remove({old}, 'mfa') || {methods}) m)
    from caller c join taskward.users u on u.id = c.id cross join {from}
   where c.permitted and ({condition}) and s.user_id = c.id and s.id = $1::uuid and s.revoked_at is null
     and s.auth_epoch = c.auth_epoch
  returning s.*
))" + audit_action(AuditAction::session_reauthenticate, "session", "renewed", "null::text[]", "$1"),
                {{"old", std::string(kSessionMethods)},
                 {"methods", methods},
                 {"from", from},
                 {"condition", condition}});
}

std::string renewal_result() {
  return ", u.second_factor, s.id is not null, " + user_columns("u") + ", " + authentication_columns("s") +
         " from caller c join taskward.users u on u.id = c.id left join renewed s on true";
}

// $1..$3 caller, $4..$7 stamp, from $8 on the factor.
Statement renewal_by(const FactorSql& factor) {
  return {"reauthenticate_with_" + factor.name, Effect::writes,
          std::string(kCaller) + ", attempt as (select c.id as user_id from caller c where c.permitted), " +
              factor.used + renewal(factor.methods, "used f") + " select c.permitted" + renewal_result()};
}

const Statement complete_with_totp = completion(totp_use(9));
const Statement complete_with_recovery_code = completion(recovery_code_use(9));
const Statement complete_with_passkey = completion(
    passkey_use(9, 1, ChallengePurpose::mfa, "w.user_id = a.user_id and w.mfa_token_hash = $5::bytea"));
const Statement renew_with_totp = renewal_by(totp_use(8));
const Statement renew_with_recovery_code = renewal_by(recovery_code_use(8));
const Statement renew_with_passkey = renewal_by(passkey_use(
    8, 4, ChallengePurpose::reauthentication, "w.user_id = a.user_id and w.session_id = $1::uuid"));

/// Of the factors, in the order of FactorUse.
constexpr std::array<const Statement*, 3> kCompletions{&complete_with_totp, &complete_with_recovery_code,
                                                       &complete_with_passkey};
constexpr std::array<const Statement*, 3> kRenewals{&renew_with_totp, &renew_with_recovery_code,
                                                    &renew_with_passkey};
static_assert(std::variant_size_v<FactorUse> == kCompletions.size());

/// The error for a factor that was right but could not be used.
ErrorCode refusal_of(const FactorUse& use) {
  return std::holds_alternative<PasskeyUse>(use) ? ErrorCode::invalid_passkey : ErrorCode::invalid_mfa_code;
}

// $1..$3 caller, $4..$7 stamp, $8 the password hash that was checked.
const Statement renew_with_password{
    "reauthenticate_with_password", Effect::writes,
    std::string(kCaller) + ", " + claim_lock("'caller'", "uuid_send($2::uuid)") +
        renewal("array['pwd']", "unlocked", "not u.second_factor and u.password_hash = $8::text") +
        " select c.permitted, " + locked_for("'caller'") + renewal_result()};

// $1..$3 caller, $4..$7 stamp, $8..$11 code.
const Statement renew_with_code{
    "reauthenticate_with_code", Effect::writes,
    std::string(kCaller) + ", " +
        verify_code(
            8,
            "exists (select from caller k join taskward.users o on o.id = k.id where k.permitted and not"
            " o.second_factor)") +
        renewal("array['otp']", "attempt t", R"(t."right" and not u.second_factor)") + " select c.permitted" +
        renewal_result()};

/// CTEs that count a failure of the user $n towards the lock of TOTP, if $(n+1), and the record of it.
/// `actor` is SQL for the actor's id and role.
std::string failure(int stamp, int user, AuditAction action, const std::string& actor,
                    const std::string& from) {
  return filled(R"(counted as (
  update taskward.totp t
     set failures = case when t.failures + 1 >= {after} then 0 else t.failures + 1 end,
         locks = case when t.failures + 1 >= {after} then t.locks + 1 else t.locks end,
         locked_until = case when t.failures + 1 >= {after}
                             then clock_timestamp() + least({first} * power(2, least(t.locks, 20)), {longest})
                             else t.locked_until end
   where t.user_id = {user}::uuid and {counts}::text = 'wrong_totp' and t.confirmed_at is not null
     and (t.locked_until is null or t.locked_until <= clock_timestamp())
  returning t.locked_until > clock_timestamp() as locked_now
), audited as (
  insert into taskward.audit {columns}
  select {stamp}, {actor}, {action}, 'user', {user}::uuid, 'failure', {counts}::text, null::text[] from {from}
) select coalesce(bool_or(k.locked_now), false) from counted k)",
                {{"after", std::to_string(model::kLockAfter)},
                 {"first", interval(model::kLockFirst)},
                 {"longest", interval(model::kLockMost)},
                 {"user", parameter(user)},
                 {"counts", parameter(user + 1)},
                 {"columns", std::string(kAuditColumns)},
                 {"stamp", stamp_values(stamp)},
                 {"actor", actor},
                 {"action", quoted(action)},
                 {"from", from}});
}

// $1..$4 stamp, $5 user, $6 failure, $7 token hash.
const Statement fail_login{"count_failed_second_factor", Effect::writes,
                           "with failed as (update taskward.mfa_logins m set failures = m.failures + 1 where "
                           "m.token_hash = $7::bytea), " +
                               failure(1, 5, AuditAction::session_login, "null, null", "(select) one")};

// $1..$3 caller, $4..$7 stamp, $8 user, $9 failure.
const Statement fail_renewal{
    "count_failed_reauthentication", Effect::writes,
    std::string(kCaller) + ", " +
        failure(4, 8, AuditAction::session_reauthenticate, "c.id, c.role", "caller c")};

std::string_view name(FactorFailure failure) {
  switch (failure) {
    case FactorFailure::wrong_totp:
      return "wrong_totp";
    case FactorFailure::wrong_recovery_code:
      return "wrong_recovery_code";
    case FactorFailure::wrong_passkey:
      return "wrong_passkey";
    case FactorFailure::totp_locked:
      return "totp_locked";
  }
  return "";
}

FactorRecord record_from(db::RowReader& row) {
  FactorRecord record;
  record.user = user_from(row);
  record.sealed_totp = row.text_or_null();
  record.locked_for = seconds_or_null(row);
  record.factors.has_totp = row.boolean();
  record.factors.has_passkeys = row.boolean();
  record.factors.has_recovery_codes = row.boolean();
  return record;
}

/// `codes` must outlive the run.
void add_use(Params& params, const FactorUse& use, db::ArrayText& codes) {
  if (const auto* totp = std::get_if<TotpUse>(&use)) {
    params.number(totp->step);
  } else if (const auto* passkey = std::get_if<PasskeyUse>(&use)) {
    add_passkey_use(params, *passkey);
  } else {
    const auto& code = std::get<RecoveryCodeUse>(use);
    codes = array_of_hashes(code.hashes);
    params.literal(codes.c_str());
    add_mail(params, code.notice);
  }
}

/// Reads whether the account has a second factor, whether the session was renewed, and the session.
Result<model::LiveSession> renewed(db::RowReader& row, ErrorCode if_not) {
  const bool has_second_factor = row.boolean();
  if (row.boolean()) return live_session_from(row);
  const bool is_second_factor = if_not == ErrorCode::invalid_mfa_code || if_not == ErrorCode::invalid_passkey;
  if (has_second_factor && !is_second_factor) {
    return Error(ErrorCode::reauthentication_required,
                 "This account has a second factor: authenticate with it.", "second factor");
  }
  return if_not;
}

}  // namespace

StatementList second_factor_statements() {
  return {&factors_of_login,
          &own_factors,
          &own_account,
          &complete_with_totp,
          &complete_with_recovery_code,
          &complete_with_passkey,
          &renew_with_totp,
          &renew_with_recovery_code,
          &renew_with_passkey,
          &renew_with_password,
          &renew_with_code,
          &fail_login,
          &fail_renewal};
}

Result<FactorRecord> find_factors(db::Connection& database, const crypto::Sha256& mfa_token) {
  const Rows rows = database.run(factors_of_login, Params().bytes(crypto::view(mfa_token)));
  if (rows.empty()) return ErrorCode::invalid_mfa_token;
  db::RowReader row = rows.row(0);
  return record_from(row);
}

Result<FactorRecord> find_factors(db::Connection& database, const OwnProfile& access) {
  Params params;
  add_caller(params, access);
  const Rows rows = database.run(own_factors, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return record_from(*row);
}

Result<OwnAccount> find_own_account(db::Connection& database,
                                    const model::Access<model::Permission::own_profile>& access) {
  Params params;
  add_caller(params, access);
  const Rows rows = database.run(own_account, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  OwnAccount account;
  static_cast<model::User&>(account) = user_from(*row);
  account.factors.has_totp = row->boolean();
  account.factors.passkeys = row->number();
  account.factors.recovery_codes = row->number();
  return account;
}

Result<model::LiveSession> complete_login(db::Connection& database, const crypto::Sha256& mfa_token,
                                          const FactorUse& use, const NewSession& session,
                                          const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  params.bytes(crypto::view(mfa_token));
  add_new_session(params, session);
  db::ArrayText codes;
  add_use(params, use, codes);
  const Rows rows = database.run(*kCompletions.at(use.index()), params);
  if (rows.empty()) return refusal_of(use);
  db::RowReader row = rows.row(0);
  return live_session_from(row);
}

Result<model::LiveSession> reauthenticate(db::Connection& database, const OwnProfile& access,
                                          const FactorUse& use, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  db::ArrayText codes;
  add_use(params, use, codes);
  const Rows rows = database.run(*kRenewals.at(use.index()), params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return renewed(*row, refusal_of(use));
}

Result<model::LiveSession> reauthenticate(db::Connection& database, const OwnProfile& access,
                                          const std::string& password_hash, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.text(password_hash);
  const Rows rows = database.run(renew_with_password, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (const auto locked = seconds_or_null(*row)) return account_locked(*locked);
  return renewed(*row, ErrorCode::invalid_credentials);
}

Result<model::LiveSession> reauthenticate(db::Connection& database, const OwnProfile& access,
                                          const CodeAttempt& attempt, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  add_code_attempt(params, attempt);
  const Rows rows = database.run(renew_with_code, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return renewed(*row, ErrorCode::invalid_otp);
}

bool count_failed_factor(db::Connection& database, const crypto::Sha256& mfa_token, const UserId& user,
                         FactorFailure failure, const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  params.id(user).text(name(failure)).bytes(crypto::view(mfa_token));
  return database.run(fail_login, params).row(0).boolean();
}

bool count_failed_factor(db::Connection& database, const OwnProfile& access, FactorFailure failure,
                         const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(access.user()).text(name(failure));
  return database.run(fail_renewal, params).row(0).boolean();
}

}  // namespace taskward::store
