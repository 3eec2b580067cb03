#include "taskward/store/logins.hpp"

#include "code_verification.hpp"
#include "fragments.hpp"
#include "lockout_sql.hpp"
#include "session_rows.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "unique_violation_retry.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;
using model::LoginMethod;

// $1 name, $2 the lockout subject if no account has the name.
Statement find_login_by(std::string name, LockSubject::Kind kind) {
  const std::string column(store::name(kind));
  return {
      std::move(name), Effect::reads,
      "with account as (select * from taskward.users u where " + same_name("u." + column, "$1") +
          ") select ceil(extract(epoch from l.locked_until - now()))::bigint, w.subject is not null, " +
          user_columns("a") +
          ", a.password_hash from (select) one left join account a on true left join taskward.lockouts l on"
          " l.name_kind = '" +
          column +
          "' and l.subject = coalesce(uuid_send(a.id), $2::bytea) and l.locked_until > now()"
          " left join taskward.lockouts w on w.name_kind = 'caller' and"
          " w.subject = coalesce(uuid_send(a.id), $2::bytea) and w.locked_until > now()"};
}

const Statement find_by_email = find_login_by("find_login_by_email", LockSubject::Kind::email);
const Statement find_by_username = find_login_by("find_login_by_username", LockSubject::Kind::username);

// $1..$3 caller.
const Statement find_own{"find_own_login", Effect::reads,
                         std::string(kCaller) +
                             " select c.permitted, ceil(extract(epoch from l.locked_until - now()))::bigint,"
                             " l.subject is not null, " +
                             user_columns("u") +
                             ", u.password_hash from caller c join taskward.users u on u.id = c.id"
                             " left join taskward.lockouts l on l.name_kind = 'caller' and"
                             " l.subject = uuid_send(u.id) and l.locked_until > now()"};

// $1..$4 stamp, $5 kind of name, $6 subject, $7 the user or null, $8 action, $9 reason, $10 the id of the
// audit record of a new lock.
const Statement count_failed{"count_failed_login", Effect::writes,
                             "with " + count_failure("$5::text", "$6::bytea") + R"(, audited as (
  insert into taskward.audit )" + std::string(kAuditColumns) +
                                 " select " + stamp_values(1) + R"(, null, null, $8::text,
         case when $7::uuid is not null then 'user' end, $7::uuid, 'failure',
         case when c is null then 'account_locked' else $9::text end, null::text[]
    from (select) one left join counted c on c.name_kind = $5::text
), audited_lock as (
  insert into taskward.audit )" + std::string(kAuditColumns) +
                                 R"( select $10::uuid, $2::text, $3::text::inet, $4::text, null, null, )" +
                                 quoted(model::AuditAction::account_lock) + R"(,
         case when $7::uuid is not null then 'user' end, $7::uuid, 'success',
         string_agg(c.name_kind, ',' order by c.name_kind), null::text[]
    from counted c where c.locked_now having count(*) > 0
)
select exists (select from counted c where c.name_kind = $5::text),
       exists (select from counted c where c.locked_now), )" +
                                 locked_for("$5::text")};

/// What a right first factor leads to.
enum class Leads : std::uint8_t { to_session, to_second_factor };

std::string name_of(std::string_view name, Leads leads) {
  return leads == Leads::to_session ? std::string(name) : "first_factor_" + std::string(name);
}

/// SQL: whether the account is one whose first factor leads there.
std::string is_for(Leads leads, std::string_view alias) {
  return std::string(leads == Leads::to_session ? "not " : "") + std::string(alias) + ".second_factor";
}

/// The CTE `begun`, with a row for each of the CTE `account`: a session, or a login that awaits the second
/// factor. From $first on the session's id, its token's hash and its lifetime in seconds; or null, the MFA
/// token's hash and its lifetime.
std::string begin(Leads leads, model::LoginMethod method, int first) {
  const std::string name = "'" + std::string(model::name(method)) + "'";
  const std::string amr =
      "array['" +
      std::string(model::name(method == LoginMethod::password ? model::AuthenticationMethod::pwd
                                                              : model::AuthenticationMethod::otp)) +
      "']";
  if (leads == Leads::to_session) return start_session("begun", name, amr, first, "account a");
  return filled(R"(, begun as (
  insert into taskward.mfa_logins (token_hash, user_id, auth_epoch, method, amr, expires_at)
  select {hash}::bytea, a.id, a.auth_epoch, {method}, {amr}, now() + make_interval(secs => {seconds}::double precision)
    from account a where {unused}::uuid is null
  returning user_id, null::uuid as id
))",
                {{"hash", parameter(first + 1)},
                 {"method", name},
                 {"amr", amr},
                 {"seconds", parameter(first + 2)},
                 {"unused", parameter(first)}});
}

/// SQL: action and type of the object of a login's audit record.
std::string login_action(Leads leads) {
  return quoted(leads == Leads::to_session ? AuditAction::session_login : AuditAction::session_challenge);
}

/// SQL: the second factors of the account a.
const std::string kFactorColumns =
    "exists (select from taskward.totp t where t.user_id = a.id and t.confirmed_at is not null), "
    "exists (select from taskward.passkeys p where p.user_id = a.id), "
    "exists (select from taskward.recovery_codes r where r.user_id = a.id)";

// $1..$4 stamp, $5 user, $6..$8 as begin(), $9 the password hash that was checked. It is compared again here,
// because the password may have been changed since. $10 kind of name, $11 subject.
Statement log_in_by_password(Leads leads) {
  return {name_of("log_in_by_password", leads), Effect::writes,
          "with " + claim_lock("$10::text", "$11::bytea") + R"(, account as (
  update taskward.users u set last_login_at = )" +
              (leads == Leads::to_session ? "now()" : "u.last_login_at") + R"( from unlocked
   where u.id = $5::uuid and u.is_active and u.password_hash = $9::text and )" +
              is_for(leads, "u") + R"(
  returning u.*
))" + begin(leads, LoginMethod::password, 6) +
              R"(, audited as (
  insert into taskward.audit )" +
              std::string(kAuditColumns) + " select " + stamp_values(1) + ", a.id, a.role, " +
              login_action(leads) +
              ", case when s.id is null then 'user' else 'session' end, coalesce(s.id, a.id), 'success',"
              " case when s.id is null then 'password' end, null::text[] from account a join begun s on true)"
              " select " +
              locked_for("$10::text") + ", " + is_account_locked() + ", " + user_columns("a") + ", " +
              (leads == Leads::to_session ? "null" : kFactorColumns) +
              " from (select) one left join (account a join begun s on true) on true"};
}

const Statement by_password = log_in_by_password(Leads::to_session);
const Statement first_factor_by_password = log_in_by_password(Leads::to_second_factor);

// $1 user, $2 old hash, $3 new hash.
const Statement rehash{"rehash_password", Effect::writes,
                       "update taskward.users set password_hash = $3::text"
                       " where id = $1::uuid and password_hash = $2::text"};

// $1..$4 stamp, $5..$8 code, $9 address, $10 the account's id, $11..$13 as begin(), $14 the id of the audit
// record of a new account, $15..$18 mail, $19 whether the account exists, $20 the id of the audit record of
// removed locks, $21 the role of a new account, null when none may be created. If the address belongs to
// another account than expected, or is spelled differently there, the code is not tried. Run it with
// retry_on_unique_violation: an account may be created concurrently.
Statement log_in_by_code(Leads leads) {
  return {
      name_of("log_in_by_code", leads), Effect::writes,
      "with " +
          verify_code(
              5, "(select count(*) = case when $19::boolean then 1 else 0 end from taskward.users o where " +
                     same_name("o.email", "$9") +
                     " and (not $19::boolean or (o.id = $10::uuid and o.email = $9::text and " +
                     is_for(leads, "o") + ")))") +
          ", before as (select u.* from taskward.users u where " + same_name("u.email", "$9") +
          R"(), verified as (
  update taskward.users u set email_verified_at = coalesce(u.email_verified_at, now()),
         last_login_at = case when u.second_factor then u.last_login_at else now() end
    from attempt t
   where $19::boolean and t."right" and u.id = $10::uuid and u.is_active and u.email = $9::text and )" +
          is_for(leads, "u") + R"(
  returning u.*
), created as (
  insert into taskward.users (id, email, role, email_verified_at, last_login_at)
  select $10::uuid, $9::text, $21::text, now(), now() from attempt t
   where t."right" and not $19::boolean and $21::text is not null
  returning *
), account as (
  select p.* from verified p union all select m.* from created m
))" + begin(leads, LoginMethod::otp, 11) +
          lift_locks("$20::uuid", "$2::text, $3::text::inet, $4::text") +
          queue_mail("warned", 15,
                     "account a join before b on b.id = a.id where b.email_verified_at is null and"
                     " b.password_hash is not null") +
          R"(, audited as (
  insert into taskward.audit )" +
          std::string(kAuditColumns) + " select " + stamp_values(1) +
          ", a.id, a.role, case when s.user_id is null then " + quoted(AuditAction::session_login) +
          " else " + login_action(leads) + R"( end,
         case when s.id is not null then 'session' when b.id is not null then 'user' end, coalesce(s.id, b.id),
         case when s.user_id is not null then 'success' else 'failure' end,
         case when s.user_id is not null then 'otp' when t is null then 'no_live_code' when not t."right" then 'wrong_code'
              when b is null then 'registration_closed' else 'account_inactive' end, null::text[]
    from (select) one left join attempt t on true left join before b on true left join account a on true
         left join begun s on true
), audited_account as (
  insert into taskward.audit )" +
          std::string(kAuditColumns) +
          R"( select $14::uuid, $2::text, $3::text::inet, $4::text, a.id, a.role, )" +
          quoted(model::AuditAction::account_register) +
          ", 'user', a.id, 'success', 'otp', null::text[] from created a) select " + user_columns("a") +
          ", " + (leads == Leads::to_session ? "null" : kFactorColumns) +
          " from account a join begun s on true"};
}

const Statement by_code = log_in_by_code(Leads::to_session);
const Statement first_factor_by_code = log_in_by_code(Leads::to_second_factor);

std::string_view name(LoginFailure failure) {
  switch (failure) {
    case LoginFailure::unknown_account:
      return "unknown_account";
    case LoginFailure::no_password:
      return "no_password";
    case LoginFailure::wrong_password:
      return "wrong_password";
    case LoginFailure::account_inactive:
      return "account_inactive";
    case LoginFailure::account_locked:
      return "account_locked";
  }
  return "";
}

LoginRecord record_from(db::RowReader& row) {
  LoginRecord record;
  record.locked_for = seconds_or_null(row);
  record.is_account_locked = row.boolean();
  if (row.is_null()) return record;
  record.user = user_from(row);
  record.password_hash = row.text_or_null();
  return record;
}

Begun begun_from(db::RowReader& row) {
  Begun begun;
  begun.user = user_from(row);
  if (row.is_null()) return begun;
  begun.factors.has_totp = row.boolean();
  begun.factors.has_passkeys = row.boolean();
  begun.factors.has_recovery_codes = row.boolean();
  return begun;
}

}  // namespace

StatementList login_statements() {
  return {&find_by_email, &find_by_username, &find_own,
          &count_failed,  &by_password,      &first_factor_by_password,
          &rehash,        &by_code,          &first_factor_by_code};
}

LoginRecord find_login(db::Connection& database, const model::AccountName& name, std::string_view unknown) {
  const Statement& statement =
      name.kind == model::AccountName::Kind::email ? find_by_email : find_by_username;
  const Rows rows = database.run(statement, Params().text(name.text).bytes(unknown));
  db::RowReader row = rows.row(0);
  return record_from(row);
}

Result<LoginRecord> find_own_login(db::Connection& database,
                                   const model::SessionAccess<model::Permission::own_profile>& access) {
  Params params;
  add_caller(params, access);
  const Rows rows = database.run(find_own, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return record_from(*row);
}

Result<NameState> count_failed_login(db::Connection& database, model::AuditAction action,
                                     const LockSubject& subject, const std::optional<UserId>& user,
                                     LoginFailure failure, const AuditId& lock_record,
                                     const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  params.text(name(subject.kind)).bytes(subject.bytes);
  add_id_or_null(params, user);
  params.text(model::name(action)).text(name(failure)).id(lock_record);
  const Rows rows = database.run(count_failed, params);
  db::RowReader row = rows.row(0);
  const bool is_counted = row.boolean();
  const bool is_locked_now = row.boolean();
  if (is_counted) return is_locked_now ? NameState::locked_now : NameState::open;
  return account_locked(seconds_or_null(row).value_or(model::kLockFirst));
}

Result<std::optional<Begun>> insert_session(db::Connection& database, const NewSession& session,
                                            const LockSubject& subject, std::string_view password_hash,
                                            const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  params.id(session.user);
  add_new_session(params, session);
  params.text(password_hash).text(name(subject.kind)).bytes(subject.bytes);
  const Rows rows = database.run(session.id ? by_password : first_factor_by_password, params);
  db::RowReader row = rows.row(0);
  if (const auto locked = seconds_or_null(row)) return account_locked(*locked);
  if (row.boolean()) return ErrorCode::invalid_credentials;
  if (row.is_null()) return std::optional<Begun>();
  return std::optional(begun_from(row));
}

void rehash_password(db::Connection& database, const UserId& user, std::string_view old_hash,
                     const std::string& new_hash) {
  static_cast<void>(database.run(rehash, Params().id(user).text(old_hash).text(new_hash)));
}

Result<Begun> insert_session(db::Connection& database, const CodeLogin& login,
                             const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_code_attempt(params, login.attempt);
  params.text(login.email).id(login.session.user);
  add_new_session(params, login.session);
  params.id(login.account_record);
  add_mail(params, login.first_verification);
  params.literal(login.account == CodeLogin::Account::there ? "true" : "false").id(login.unlock_record);
  if (login.new_role)
    params.text(model::name(*login.new_role));
  else
    params.null();
  const Statement& statement = login.session.id ? by_code : first_factor_by_code;
  const Rows rows = retry_on_unique_violation([&] { return database.run(statement, params); });
  if (rows.empty()) return ErrorCode::invalid_otp;
  db::RowReader row = rows.row(0);
  return begun_from(row);
}

}  // namespace taskward::store
