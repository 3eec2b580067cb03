#include "taskward/store/profile.hpp"

#include "code_verification.hpp"
#include "fragments.hpp"
#include "last_administrator.hpp"
#include "lockout_sql.hpp"
#include "statement_lists.hpp"
#include "unique_violation_retry.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

const std::string kCallerPermitted = "exists (select from caller k where k.permitted)";

// $1..$3 caller, $4..$7 stamp, $8 whether the name changes, $9 name, $10 user name or null to leave it.
const Statement change{"change_profile", Effect::writes,
                       std::string(kCaller) + R"(, before as (
  select u.*, array_remove(array[case when $8::boolean and $9::text is distinct from u.name then 'name' end,
             case when $10::text is not null and $10::text is distinct from u.username then 'username' end], null)
         as fields
    from taskward.users u join caller c on c.permitted and u.id = c.id and u.auth_epoch = c.auth_epoch
     for update of u
), taken as (
  select exists (select from taskward.users o join before b on o.id <> b.id where )" +
                           same_name("o.username", "$10") + R"() as username
), changed as (
  update taskward.users u
     set name = case when $8::boolean then $9::text else u.name end, username = coalesce($10::text, u.username),
         updated_at = now()
    from before b, taken t
   where u.id = b.id and not t.username and cardinality(b.fields) > 0
  returning u.*, b.fields
), after as (
  select ch.* from changed ch union all select b.* from before b where not exists (select from changed)
))" + audit_action(AuditAction::account_change, "user", "changed", "d.fields") +
                           " select c.permitted, t.username, " + user_columns("a") +
                           " from caller c cross join taken t left join after a on true"};

// $1..$3 caller, $4..$7 stamp, $8..$11 code, $12 address, $13 the old one or null, $14..$17 mail.
const Statement change_address{
    "change_email", Effect::writes,
    std::string(kCaller) + ", " + verify_code(8, kCallerPermitted) + R"(, taken as (
  select exists (select from taskward.users o join caller c on o.id <> c.id where )" +
        same_name("o.email", "$12") + R"() as email
), changed as (
  update taskward.users u set email = $12::text, email_verified_at = now(), updated_at = now()
    from caller c, attempt t, taken k
   where u.id = c.id and u.auth_epoch = c.auth_epoch and t."right" and not k.email
     and u.email is not distinct from $13::text
  returning u.*
))" +
        queue_mail("announced", 14,
                   "changed d where not coalesce(" + same_name("$12::text", "$13") + ", true)") +
        R"(, audited as (
  insert into taskward.audit )" +
        std::string(kAuditColumns) + " select " + stamp_values(4) + ", c.id, c.role, " +
        quoted(AuditAction::account_change) + R"(, 'user', c.id,
         case when d.id is not null then 'success' else 'failure' end,
         case when d.id is not null then null when t is null then 'no_live_code' when not t."right" then 'wrong_code'
              when k.email then 'email_taken' else 'changed_meanwhile' end, array['email']
    from caller c cross join taken k left join attempt t on true left join changed d on true where c.permitted
)
select c.permitted, k.email and t."right", )" +
        user_columns("d") +
        " from caller c cross join taken k left join attempt t on true left join changed d on true"};

/// SQL that deletes the caller's account if the CTE `authenticated` has a row. `failure` is SQL for the
/// reason why it has none, `columns` are additional result columns.
std::string delete_if_authenticated(const std::string& failure, const std::string& columns = "") {
  return lock_accounts("select c.id from caller c", "true", "exists (select from authenticated)") +
         R"(, sole_administrator as (
  select from caller c join locked_accounts s on s.id = c.id and s.auth_epoch = c.auth_epoch where )" +
         is_last_administrator("c.id") + R"(
), deleted as (
  delete from taskward.users u using caller c, authenticated
   where u.id = c.id and u.auth_epoch = c.auth_epoch and c.permitted and not exists (select from sole_administrator)
     and exists (select from locked_accounts s where s.id = c.id)
  returning u.id
), deleted_lockouts as (
  delete from taskward.lockouts l using deleted g where l.subject = uuid_send(g.id)
), audited as (
  insert into taskward.audit )" +
         std::string(kAuditColumns) + " select " + stamp_values(4) + ", c.id, c.role, " +
         quoted(AuditAction::account_delete) + R"(, 'user', c.id,
         case when g.id is not null then 'success' else 'failure' end,
         case when g.id is not null then null when not exists (select from authenticated) then )" +
         failure +
         R"( when exists (select from sole_administrator) then 'last_administrator' else 'changed_meanwhile' end,
         null::text[]
    from caller c left join deleted g on true where c.permitted
)
select c.permitted, )" +
         columns +
         "exists (select from authenticated), exists (select from sole_administrator), exists (select from "
         "deleted) from caller "
         "c";
}

// $1..$3 caller, $4..$7 stamp, $8 the password hash that was checked.
const Statement delete_by_password{
    "delete_account_by_password", Effect::writes,
    std::string(kCaller) + ", " + check_caller_lock() +
        ", authenticated as (select from unlocked, caller c join taskward.users u on u.id = c.id"
        " where u.password_hash = $8::text)" +
        delete_if_authenticated("case when exists (select from unlocked) then 'changed_meanwhile' else"
                                " 'account_locked' end",
                                locked_for("'caller'") + ", ")};

// $1..$3 caller, $4..$7 stamp, $8..$11 code.
const Statement delete_by_code{"delete_account_by_code", Effect::writes,
                               std::string(kCaller) + ", " + verify_code(8, kCallerPermitted) +
                                   R"(, authenticated as (select from attempt t where t."right"))" +
                                   delete_if_authenticated("'invalid_otp'")};

Result<Done> deletion_result(db::RowReader& row, ErrorCode not_authenticated) {
  if (!row.boolean()) return not_authenticated;
  if (row.boolean()) return ErrorCode::last_administrator;
  if (!row.boolean()) return session_ended_error();  // ended while the statement waited for a lock
  return Done{};
}

}  // namespace

StatementList profile_statements() {
  return {&change, &change_address, &delete_by_password, &delete_by_code};
}

Result<model::User> change_profile(db::Connection& database, const OwnProfile& access,
                                   const ProfileChange& wanted, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.literal(wanted.name ? "true" : "false")
      .text_or_null(wanted.name ? std::string_view(*wanted.name) : std::string_view())
      .text_or_null(wanted.username);
  const Rows rows = retry_on_unique_violation([&] { return database.run(change, params); });
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->boolean()) return ErrorCode::username_taken;
  if (row->is_null()) return session_ended_error();  // ended while the statement waited for a lock
  return user_from(*row);
}

Result<model::User> change_email(db::Connection& database, const OwnProfile& access,
                                 const EmailChange& wanted, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  add_code_attempt(params, wanted.attempt);
  params.text(wanted.email).text_or_null(wanted.old_email);
  add_mail(params, wanted.announcement);
  const Rows rows = retry_on_unique_violation([&] { return database.run(change_address, params); });
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::invalid_otp;
  if (row->boolean()) return ErrorCode::email_taken;
  if (row->is_null()) return ErrorCode::invalid_otp;
  return user_from(*row);
}

Result<Done> delete_account(db::Connection& database, const OwnProfile& access,
                            const std::string& password_hash, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.text(password_hash);
  const Rows rows = database.run(delete_by_password, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (const auto locked = seconds_or_null(*row)) return account_locked(*locked);
  return deletion_result(*row, ErrorCode::invalid_credentials);
}

Result<Done> delete_account(db::Connection& database, const OwnProfile& access, const CodeAttempt& attempt,
                            const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  add_code_attempt(params, attempt);
  const Rows rows = database.run(delete_by_code, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return deletion_result(*row, ErrorCode::invalid_otp);
}

}  // namespace taskward::store
