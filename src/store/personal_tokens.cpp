#include "taskward/store/personal_tokens.hpp"

#include "administration_sql.hpp"
#include "fragments.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "taskward/db/array.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

/// Of the tokens that have ended, the newest of an account that are kept when another is created. They are
/// deleted 30 days after their end in any case (store/purge.hpp).
constexpr int kEndedTokensKept = 100;

/// The columns of a token, of the table or CTE `alias`, in the order token_from reads them.
std::string token_columns(std::string_view alias) {
  const std::string a = std::string(alias) + '.';
  return a + "id, " + a + "name, " + a + "scopes, " + a + "created_at, " + a + "expires_at, " + a +
         "revoked_at, " + a + "last_used_at, host(" + a + "last_used_address)";
}

model::Scopes scopes_from(db::RowReader& row) {
  model::Scopes scopes;
  // One of a newer release permits nothing here.
  for (const std::string& text : row.texts()) scopes.add(model::scope(text).value_or(model::Scope::none));
  return scopes;
}

model::PersonalToken token_from(db::RowReader& row) {
  model::PersonalToken token;
  token.id = row.id<PersonalTokenId>();
  token.name = row.text();
  token.scopes = scopes_from(row);
  token.created_at = row.timestamp();
  token.expires_at = row.timestamp();
  token.revoked_at = row.timestamp_or_null();
  token.last_used_at = row.timestamp_or_null();
  token.last_used_address = row.text_or_null();
  return token;
}

// $1 hash.
const Statement find{"find_personal_token", Effect::reads,
                     "select t.id, t.user_id, t.scopes from taskward.personal_tokens t"
                     " where t.token_hash = $1::bytea"};

// $1 owner, $2 token, $3 address.
const Statement use{"record_token_use", Effect::writes,
                    "update taskward.personal_tokens t set last_used_at = now(), last_used_address ="
                    " $3::text::inet where t.user_id = $1::uuid and t.id = $2::uuid and"
                    " (t.last_used_at is null or t.last_used_at <= now() - " +
                        interval(model::kTokenUseInterval) + ')'};

// $1..$3 caller, $4..$7 stamp, $8 id, $9 hash, $10 name, $11 scopes, $12 lifetime in seconds, $13 each role
// and a scope that it may have, as one text.
const Statement create{
    "create_personal_token", Effect::writes,
    std::string(kCaller) +
        filled(R"(, asked as materialized (
  select c.id, c.auth_epoch,
         array(select s.scope from unnest($11::text[]) as s (scope)
                where not c.role || ' ' || s.scope = any($13::text[])) as refused
    from caller c where c.permitted
), room as materialized (
  select a.id, taskward.count_personal_tokens(a.id, a.auth_epoch) as live from asked a where cardinality(a.refused) = 0
), created as (
  insert into taskward.personal_tokens (user_id, id, token_hash, name, scopes, expires_at)
  select r.id, $8::uuid, $9::bytea, $10::text, $11::text[], now() + make_interval(secs => $12::double precision)
    from room r where r.live < {most}
  returning *
), evicted as (
  delete from taskward.personal_tokens t using (
    select o.user_id, o.id from taskward.personal_tokens o join created m on m.user_id = o.user_id
     where o.revoked_at is not null or o.expires_at <= now()
     order by o.created_at desc, o.id desc offset {kept}) old
   where t.user_id = old.user_id and t.id = old.id
))",
               {{"most", std::to_string(model::kTokensPerAccount)},
                {"kept", std::to_string(kEndedTokensKept)}}) +
        audit_action(AuditAction::token_create, "token", "created") +
        " select c.permitted, a.refused, r.live, " + token_columns("m") +
        " from caller c left join asked a on true left join room r on true left join created m on true"};

// $1..$3 caller.
const Statement list{"list_personal_tokens", Effect::reads,
                     std::string(kCaller) + " select c.permitted, " + token_columns("t") +
                         " from caller c left join taskward.personal_tokens t on c.permitted and t.user_id ="
                         " c.id order by t.created_at desc, t.id desc"};

// $1..$3 caller, $4..$7 stamp, $8 token, $9 name.
const Statement rename{"rename_personal_token", Effect::writes,
                       std::string(kCaller) + R"(, renamed as (
  update taskward.personal_tokens t set name = $9::text
    from caller c
   where c.permitted and t.user_id = c.id and t.id = $8::uuid and t.revoked_at is null
  returning t.*
))" + audit_action(AuditAction::token_change, "token", "renamed", "array['name']", "$8") +
                           " select c.permitted, " + token_columns("r") +
                           " from caller c left join renamed r on true"};

// $1..$3 caller, $4..$7 stamp, $8 token.
const Statement revoke{"revoke_personal_token", Effect::writes,
                       std::string(kCaller) + R"(, revoked as (
  update taskward.personal_tokens t set revoked_at = now()
    from caller c
   where c.permitted and t.user_id = c.id and t.id = $8::uuid and t.revoked_at is null
  returning t.id
))" + audit_action(AuditAction::token_revoke, "token", "revoked", "null::text[]", "$8") +
                           " select c.permitted, r.id from caller c left join revoked r on true"};

/// A CTE with the account if it exists and the actor is permitted. Argument: the account.
std::string target(const StatementLayout& at) {
  return ", target as materialized (select u.id from taskward.users u join actor a on a.permitted where u.id"
         " = " +
         at.argument(0) + "::uuid)";
}

/// The record of an action on all tokens of the target.
std::string audit_target(const StatementLayout& at, AuditAction action, const std::string& reason) {
  return audit("audited", stamp_values(at.stamp),
               {.action = action, .object = asked_id(at.argument(0)), .reason = reason},
               "actor a left join target g on true where not a.permitted or g.id is not null");
}

// These read, but also write a record, so they must not be repeated after a lost connection.
const ActorStatements list_of =
    for_both_actors("list_tokens_of_account", Effect::writes, [](const StatementLayout& at) {
      return at.begin + target(at) + audit_target(at, AuditAction::account_read, "'tokens'") +
             " select a.permitted, g.id is not null, " + token_columns("t") +
             " from actor a left join target g on true left join taskward.personal_tokens t on t.user_id ="
             " g.id order by t.created_at desc, t.id desc";
    });

const ActorStatements revoke_all =
    for_both_actors("revoke_tokens_of_account", Effect::writes, [](const StatementLayout& at) {
      return at.begin + target(at) + R"(, revoked as (
  update taskward.personal_tokens t set revoked_at = now()
    from target g
   where t.user_id = g.id and t.revoked_at is null
  returning t.expires_at > now() as was_live
))" + audit_target(at, AuditAction::token_revoke, "'all'") +
             " select a.permitted, exists (select from target), (select count(*) from revoked r where"
             " r.was_live) from actor a";
    });

// $1..$4 stamp, $5 user, $6 token.
const Statement revoke_one{
    "revoke_token_of_account", Effect::writes,
    operator_cte() + R"(, revoked as (
  update taskward.personal_tokens t set revoked_at = now()
   where t.user_id = $5::uuid and t.id = $6::uuid and t.revoked_at is null
  returning t.id
))" +
        audit("audited", stamp_values(1),
              {.action = AuditAction::token_revoke, .object_type = "'token'", .object = "r.id"},
              "actor a cross join revoked r") +
        " select id from revoked"};

/// An array literal of the scopes' names.
db::ArrayText names_of(const model::Scopes& scopes) {
  db::ArrayText out;
  for (const model::Scope scope : scopes.list()) out.add(model::name(scope));
  return out;
}

/// Each role and a scope whose permission it holds, as one text.
db::ArrayText roles_with_scopes() {
  db::ArrayText out;
  for (const model::Role role : model::kRoles) {
    for (const model::Scope scope : model::kScopes) {
      if (model::holds(role, model::permission_of(scope)))
        out.add(std::string(model::name(role)) + ' ' + std::string(model::name(scope)));
    }
  }
  return out;
}

Error scopes_refused(const std::vector<std::string>& scopes) {
  std::string names;
  for (const std::string& scope : scopes) names += (names.empty() ? "" : ", ") + scope;
  return validation_failed(
      {{"scopes", FaultCode::invalid_value, "must not contain what your role does not permit: " + names}});
}

}  // namespace

StatementList personal_token_statements() {
  return {&find,
          &use,
          &create,
          &list,
          &rename,
          &revoke,
          &list_of.by_administrator,
          &list_of.by_operator,
          &revoke_all.by_administrator,
          &revoke_all.by_operator,
          &revoke_one};
}

std::optional<TokenIdentity> find_token(db::Connection& database, const crypto::Sha256& hash) {
  const Rows rows = database.run(find, Params().bytes(crypto::view(hash)));
  if (rows.empty()) return std::nullopt;
  db::RowReader row = rows.row(0);
  TokenIdentity found;
  found.id = row.id<PersonalTokenId>();
  found.owner = row.id<UserId>();
  found.scopes = scopes_from(row);
  return found;
}

void record_token_use(db::Connection& database, const UserId& owner, const PersonalTokenId& token,
                      std::string_view client_address) {
  static_cast<void>(database.run(use, Params().id(owner).id(token).text_or_null(client_address)));
}

Result<model::PersonalToken> insert_token(db::Connection& database, const OwnProfile& access,
                                          const NewToken& token, const model::AuditStamp& stamp) {
  db::ArrayText scopes = names_of(token.scopes);
  db::ArrayText permitted = roles_with_scopes();
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(token.id)
      .bytes(crypto::view(token.hash))
      .text(token.name)
      .literal(scopes.c_str())
      .number(token.lifetime.count())
      .literal(permitted.c_str());
  const Rows rows = database.run(create, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (const auto refused = row->texts(); !refused.empty()) return scopes_refused(refused);
  // The account was changed while the statement waited for its lock.
  if (row->is_null()) return session_ended_error();
  row->skip();
  if (row->is_null()) return ErrorCode::too_many_tokens;
  return token_from(*row);
}

Result<std::vector<model::PersonalToken>> list_tokens(db::Connection& database, const OwnProfile& access) {
  Params params;
  add_caller(params, access);
  return read_list<model::PersonalToken>(database.run(list, params), token_from);
}

Result<model::PersonalToken> rename_token(db::Connection& database, const OwnProfile& access,
                                          const PersonalTokenId& token, const std::string& name,
                                          const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(token).text(name);
  const Rows rows = database.run(rename, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  return token_from(*row);
}

Result<Done> revoke_token(db::Connection& database, const OwnProfile& access, const PersonalTokenId& token,
                          const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(token);
  const Rows rows = database.run(revoke, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  return Done{};
}

Result<std::vector<model::PersonalToken>> list_tokens_of(db::Connection& database, const Actor& actor,
                                                         const UserId& user, const model::AuditStamp& stamp) {
  Params params;
  add_actor(params, actor);
  add_stamp(params, stamp);
  params.id(user);
  const Rows rows = database.run(list_of.of(actor), params);
  auto first = permitted_row(rows);
  if (!first) return std::move(first).error();
  if (!first->boolean()) return ErrorCode::not_found;
  return read_joined<model::PersonalToken>(rows, *first, 2, token_from);
}

Result<std::int64_t> revoke_tokens_of(db::Connection& database, const Actor& actor, const UserId& user,
                                      const model::AuditStamp& stamp) {
  Params params;
  add_actor(params, actor);
  add_stamp(params, stamp);
  params.id(user);
  const Rows rows = database.run(revoke_all.of(actor), params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (!row->boolean()) return ErrorCode::not_found;
  return row->number();
}

Result<Done> revoke_token_of(db::Connection& database, const UserId& user, const PersonalTokenId& token,
                             const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  params.id(user).id(token);
  if (database.run(revoke_one, params).empty()) return ErrorCode::not_found;
  return Done{};
}

}  // namespace taskward::store
