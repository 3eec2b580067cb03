#include "taskward/store/users.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

/// Two transactions may create accounts of one name concurrently. The losing statement neither inserts a row
/// nor sees the winner's; the retried one sees it.
constexpr int kMaxAttempts = 3;

/// SQL that creates an account on behalf of the CTE `actor` (id, role, permitted, self, token_id). The
/// parameters of the audit stamp begin at `stamp`, the account's seven (id, email, username, password_hash,
/// role, name, is_active) at `account`. With `self` the new account itself is the actor.
std::string create_account(int stamp, int account) {
  const std::string id = parameter(account) + "::uuid";
  const std::string email = parameter(account + 1);
  const std::string username = parameter(account + 2);
  const std::string hash = parameter(account + 3) + "::text";
  const std::string role = parameter(account + 4) + "::text";
  const std::string name = parameter(account + 5) + "::text";
  const std::string is_active = parameter(account + 6) + "::boolean";
  const std::string action(model::name(model::AuditAction::account_register));
  const std::string denied(model::name(model::AuditAction::access_denied));
  return ", created as (insert into taskward.users (id, email, username, password_hash, role, name, "
         "is_active) "
         "select " +
         id + ", " + email + "::text, " + username + "::text, " + hash + ", " + role + ", " + name + ", " +
         is_active + " from actor a where a.permitted on conflict do nothing returning *)" +
         ", taken as (select coalesce(bool_or(" + same_name("email", email) + "), false) as email," +
         " coalesce(bool_or(" + same_name("username", username) + "), false) as username" +
         " from taskward.users where not exists (select from created) and (" + same_name("email", email) +
         " or " + same_name("username", username) + "))" + ", outcome as (select m.id, '" + action +
         "' as action," + " case when m.id is null then 'failure' else 'success' end as outcome," +
         " case when t.email then 'email_taken' when t.username then 'username_taken' end as reason" +
         " from actor a cross join taken t left join created m on true" +
         " where a.permitted and (m.id is not null or t.email or t.username)" + " union all select null, '" +
         denied + "', 'denied', '" + action + "' from actor a where not a.permitted)" +
         ", audited as (insert into taskward.audit " + audit_columns_and_token() + " select " +
         stamp_values(stamp) +
         ", case when a.self then o.id else a.id end, case when not a.self then a.role when o.id is not null "
         "then " +
         role +
         " end, o.action, 'user', o.id, o.outcome, o.reason, null::text[], a.token_id from outcome o "
         "cross join actor a)" +
         " select a.permitted, t.email, t.username, m.id is not null, " + user_columns("m") +
         " from actor a cross join taken t left join created m on true";
}

const Statement register_account{
    "register_account", Effect::writes,
    "with actor as (select null::uuid as id, null::text as role, true as permitted, $1::boolean as self, "
    "null::uuid as token_id)" +
        create_account(2, 6)};

const Statement register_account_as_admin{
    "register_account_as_admin", Effect::writes,
    std::string(kCaller) +
        ", actor as (select c.id, c.role, c.permitted, false as self, c.token_id from caller c)" +
        create_account(4, 8)};

const Statement find_profile{"find_own_profile", Effect::reads,
                             std::string(kCaller) + " select c.permitted, " + user_columns("u") +
                                 " from caller c join taskward.users u on u.id = c.id"};

void add_account(Params& params, const NewAccount& account) {
  params.id(account.id)
      .text_or_null(account.email)
      .text_or_null(account.username)
      .text_or_null(account.password_hash)
      .text(model::name(account.role))
      .text_or_null(account.name)
      .literal(account.is_active ? "true" : "false");
}

Result<model::User> run_creation(db::Connection& database, const Statement& statement, const Params& params) {
  for (int tries = 0; tries < kMaxAttempts; ++tries) {
    const Rows rows = database.run(statement, params);
    auto row = permitted_row(rows);
    if (!row) return std::move(row).error();
    const bool email_taken = row->boolean();
    const bool username_taken = row->boolean();
    if (email_taken) return ErrorCode::email_taken;
    if (username_taken) return ErrorCode::username_taken;
    if (row->boolean()) return user_from(*row);
  }
  return Error(ErrorCode::service_unavailable, {}, "an account was neither created nor found to conflict");
}

}  // namespace

StatementList user_statements() { return {&register_account, &register_account_as_admin, &find_profile}; }

Result<model::User> insert_account(db::Connection& database, const NewAccount& account, CreatedBy by,
                                   const model::AuditStamp& stamp) {
  Params params;
  params.literal(by == CreatedBy::self ? "true" : "false");
  add_stamp(params, stamp);
  add_account(params, account);
  return run_creation(database, register_account, params);
}

Result<model::User> insert_account(db::Connection& database,
                                   const model::Access<model::Permission::administer>& access,
                                   const NewAccount& account, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  add_account(params, account);
  return run_creation(database, register_account_as_admin, params);
}

Result<model::User> find_own_profile(db::Connection& database,
                                     const model::Access<model::Permission::own_profile>& access) {
  Params params;
  add_caller(params, access);
  const Rows rows = database.run(find_profile, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return user_from(*row);
}

}  // namespace taskward::store
