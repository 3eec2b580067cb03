#include "taskward/store/passkeys.hpp"

#include "factor_sql.hpp"
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
using model::AuditAction;

/// A CTE that stores the challenge $n for the user u of `from`, with the session and the MFA token (SQL).
std::string issue(int challenge, ChallengePurpose purpose, const std::string& session,
                  const std::string& mfa_token, const std::string& from) {
  return filled(R"(issued as (
  insert into taskward.webauthn_challenges (challenge_hash, purpose, user_id, session_id, mfa_token_hash, expires_at)
  select {challenge}::bytea, {purpose}, u.id, {session}, {mfa_token}, now() + {lifetime} from {from}
))",
                {{"challenge", parameter(challenge)},
                 {"purpose", quoted(purpose)},
                 {"session", session},
                 {"mfa_token", mfa_token},
                 {"lifetime", interval(model::kChallengeLifetime)},
                 {"from", from}});
}

/// SQL: the columns of ChallengedAccount for the user u, one row for each passkey p, and one without any.
std::string account_and_passkeys() { return user_columns("u") + ", p.credential_id, p.transports"; }
constexpr std::string_view kPasskeysOfUser =
    " left join taskward.passkeys p on p.user_id = u.id order by p.id";

// $1..$3 caller, $4 challenge.
Statement begin_in_session(const std::string& name, ChallengePurpose purpose) {
  return {name, Effect::writes,
          std::string(kCaller) + ", " + issue(4, purpose, "$1::uuid", "null", "caller u where u.permitted") +
              " select c.permitted, " + account_and_passkeys() +
              " from caller c join taskward.users u on u.id = c.id" + std::string(kPasskeysOfUser)};
}
const Statement begin_enrollment =
    begin_in_session("begin_passkey_registration", ChallengePurpose::registration);
const Statement begin_renewal =
    begin_in_session("begin_passkey_reauthentication", ChallengePurpose::reauthentication);

// $1 token hash, $2 challenge.
const Statement begin_factor{"begin_passkey_second_factor", Effect::writes,
                             "with found as (select u.* from " + live_login(1) + "), " +
                                 issue(2, ChallengePurpose::mfa, "null", "$1::bytea", "found u") +
                                 " select " + account_and_passkeys() + " from found u" +
                                 std::string(kPasskeysOfUser)};

// $1 challenge.
const Statement begin_nameless{
    "begin_passkey_login", Effect::writes,
    "with " + issue(1, ChallengePurpose::login, "null", "null", "(select null::uuid as id) u") + " select"};

// $1 credential id, $2 challenge, $3 purpose.
const Statement find{"find_passkey", Effect::reads,
                     "select p.user_id, p.id, p.public_key, p.algorithm::bigint, p.is_backup_eligible,"
                     " exists (select from taskward.webauthn_challenges w where w.challenge_hash = $2::bytea"
                     " and w.purpose = $3::text and w.expires_at > now())"
                     " from taskward.passkeys p where p.credential_id = $1::bytea"};

// $1..$4 stamp, $5..$7 new session, from $8 on the passkey.
const Statement log_in = [] {
  const FactorSql passkey = passkey_use(8, 1, ChallengePurpose::login, "w.user_id is null");
  return Statement{"log_in_with_passkey", Effect::writes,
                   "with attempt as (select null::uuid as user_id), " + passkey.used +
                       filled(R"(, account as (
  update taskward.users u set last_login_at = now() from used f where u.id = f.user_id and u.is_active and u.second_factor
  returning u.*, {methods} as methods
))",
                              {{"methods", passkey.methods}}) +
                       start_session("begun", "'passkey'", "a.methods", 5, "account a") + R"(, audited as (
  insert into taskward.audit )" +
                       std::string(kAuditColumns) + " select " + stamp_values(1) + ", a.id, a.role, " +
                       quoted(AuditAction::session_login) + ", 'session', s.id, 'success', '" + passkey.name +
                       "', null::text[] from account a join begun s on true) select " + user_columns("a") +
                       ", " + authentication_columns("s") + " from account a join begun s on true"};
}();

/// SQL: the columns of a passkey, of the table or CTE `alias`, in the order passkey_from reads them.
std::string passkey_columns(const std::string& alias) {
  const std::string a = alias + '.';
  return a + "id, " + a + "name, " + a + "created_at, " + a + "last_used_at, " + a + "is_backup_eligible, " +
         a + "is_backed_up, " + a + "transports, " + a + "aaguid";
}

model::Passkey passkey_from(db::RowReader& row) {
  model::Passkey passkey;
  passkey.id = row.id<model::PasskeyId>();
  passkey.name = row.text();
  passkey.created_at = row.timestamp();
  passkey.last_used_at = row.timestamp_or_null();
  passkey.is_backup_eligible = row.boolean();
  passkey.is_backed_up = row.boolean();
  passkey.transports = row.texts();
  passkey.aaguid = row.uuid();
  return passkey;
}

// $1..$3 caller, $4..$7 stamp, $8 challenge, $9..$18 passkey, $19 hashes, $20..$23 notice.
const Statement add{
    "add_passkey", Effect::writes,
    std::string(kCaller) + ", before as materialized (" + factor_owner() +
        filled(R"(), challenged as (
  delete from taskward.webauthn_challenges w using before b
   where w.challenge_hash = $8::bytea and w.purpose = {purpose} and w.user_id = b.id and w.session_id = $1::uuid
     and w.expires_at > now()
  returning b.id, (select count(*) from taskward.passkeys o where o.user_id = b.id) < {most} as has_room
), stored as (
  insert into taskward.passkeys as p
    (user_id, id, credential_id, public_key, algorithm, name, sign_count, is_backup_eligible, is_backed_up, transports, aaguid)
  select h.id, $9::uuid, $10::bytea, $11::bytea, $12::bigint::integer, $13::text, $14::bigint, $15::boolean, $16::boolean,
         $17::text[], $18::uuid
    from challenged h where h.has_room
  on conflict (credential_id) do nothing
  returning p.*
), changed as (
  select s.user_id as id from stored s
))",
               {{"purpose", quoted(ChallengePurpose::registration)},
                {"most", std::to_string(model::kPasskeysMost)}}) +
        first_codes(19) + now_with_factor("array[case when $15::boolean then 'swk' else 'hwk' end, 'mfa']") +
        queue_mail("noticed", 20, "flagged f where f.email is not null") +
        audit_action(AuditAction::passkey_register, "passkey", "stored") +
        " select c.permitted, h.id is not null, coalesce(h.has_room, false), p.id is not null, " +
        passkey_columns("p") + ", not b.second_factor, " + user_columns("f") + ", " +
        authentication_columns("s") +
        " from caller c left join before b on true left join challenged h on true left join stored p on true"
        " left join flagged f on true left join renewed s on true"};

// $1..$3 caller.
const Statement list{"list_passkeys", Effect::reads,
                     std::string(kCaller) + " select c.permitted, " + passkey_columns("p") +
                         " from caller c left join taskward.passkeys p on p.user_id = c.id order by p.id"};

// $1..$3 caller, $4..$7 stamp, $8 passkey, $9 name.
const Statement rename{"rename_passkey", Effect::writes,
                       std::string(kCaller) + R"(, changed as (
  update taskward.passkeys p set name = $9::text from caller c
   where c.permitted and p.user_id = c.id and p.id = $8::uuid
  returning p.*
))" + audit_action(AuditAction::passkey_rename, "passkey", "changed", "array['name']", "$8") +
                           " select c.permitted, d.id is not null, " + passkey_columns("d") +
                           " from caller c left join changed d on true"};

// $1..$3 caller, $4..$7 stamp, $8 passkey, $9..$12 notice.
const Statement remove{
    "remove_passkey", Effect::writes,
    std::string(kCaller) + R"(, before as materialized (
  select u.id, u.password_hash is null and u.email is null as has_only_passkeys
    from taskward.users u join caller c on c.permitted and u.id = c.id and u.auth_epoch = c.auth_epoch
     for update of u
), removed as (
  delete from taskward.passkeys p using before b
   where p.user_id = b.id and p.id = $8::uuid
     and (not b.has_only_passkeys
          or exists (select from taskward.passkeys o where o.user_id = b.id and o.id <> $8::uuid))
  returning p.id, p.user_id
), changed as (
  select r.user_id as id from removed r
))" +
        without_factor(
            "exists (select from taskward.totp t where t.user_id = u.id and t.confirmed_at is not null)"
            " or exists (select from taskward.passkeys o where o.user_id = u.id and o.id <> $8::uuid)") +
        queue_mail("noticed", 9, "flagged f where f.email is not null") +
        audit_action(AuditAction::passkey_delete, "passkey", "removed", "null::text[]", "$8") +
        " select c.permitted, r.id is not null, exists (select from taskward.passkeys p join before b"
        " on p.user_id = b.id where p.id = $8::uuid) from caller c left join removed r on true"};

/// Reads account_and_passkeys() of all rows, each after `skipped` columns.
ChallengedAccount challenged_from(const Rows& rows, int skipped) {
  ChallengedAccount account;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip(skipped);
    account.user = user_from(row);
    if (row.is_null()) break;
    CredentialDescriptor one;
    one.credential_id = row.text();
    one.transports = row.texts();
    account.credentials.push_back(std::move(one));
  }
  return account;
}

Result<ChallengedAccount> begin_of_caller(db::Connection& database, const Statement& statement,
                                          const OwnProfile& access, const crypto::Sha256& challenge) {
  Params params;
  add_caller(params, access);
  params.bytes(crypto::view(challenge));
  const Rows rows = database.run(statement, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return challenged_from(rows, 1);
}

Error refused_registration(const char* detail, const char* reason) {
  return {ErrorCode::invalid_passkey_registration, detail, reason};
}

}  // namespace

StatementList passkey_statements() {
  return {&begin_enrollment, &begin_renewal, &begin_factor, &begin_nameless, &find,
          &log_in,           &add,           &list,         &rename,         &remove};
}

Result<ChallengedAccount> begin_registration(db::Connection& database, const OwnProfile& access,
                                             const crypto::Sha256& challenge) {
  return begin_of_caller(database, begin_enrollment, access, challenge);
}

Result<ChallengedAccount> begin_reauthentication(db::Connection& database, const OwnProfile& access,
                                                 const crypto::Sha256& challenge) {
  return begin_of_caller(database, begin_renewal, access, challenge);
}

Result<ChallengedAccount> begin_second_factor(db::Connection& database, const crypto::Sha256& mfa_token,
                                              const crypto::Sha256& challenge) {
  Params params;
  params.bytes(crypto::view(mfa_token)).bytes(crypto::view(challenge));
  const Rows rows = database.run(begin_factor, params);
  if (rows.empty()) return ErrorCode::invalid_mfa_token;
  return challenged_from(rows, 0);
}

void begin_login(db::Connection& database, const crypto::Sha256& challenge) {
  static_cast<void>(database.run(begin_nameless, Params().bytes(crypto::view(challenge))));
}

std::optional<PasskeyRecord> find_passkey(db::Connection& database, const std::string& credential_id,
                                          const crypto::Sha256& challenge, ChallengePurpose purpose) {
  const Rows rows =
      database.run(find, Params().bytes(credential_id).bytes(crypto::view(challenge)).text(name(purpose)));
  if (rows.empty()) return std::nullopt;
  db::RowReader row = rows.row(0);
  PasskeyRecord record;
  record.user = row.id<UserId>();
  record.id = row.id<model::PasskeyId>();
  record.key.public_key = row.text();
  record.key.algorithm = static_cast<crypto::CoseAlgorithm>(row.number());
  record.is_backup_eligible = row.boolean();
  record.is_challenge_live = row.boolean();
  return record;
}

Result<model::LiveSession> log_in_with_passkey(db::Connection& database, const PasskeyUse& use,
                                               const NewSession& session, const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_new_session(params, session);
  add_passkey_use(params, use);
  const Rows rows = database.run(log_in, params);
  if (rows.empty()) return ErrorCode::invalid_passkey;
  db::RowReader row = rows.row(0);
  return live_session_from(row);
}

Result<AddedPasskey> add_passkey(db::Connection& database, const OwnProfile& access,
                                 const PasskeyToAdd& added, const std::vector<std::string>& code_hashes,
                                 const SealedMail& notice, const model::AuditStamp& stamp) {
  db::ArrayText hashes = array_of_hashes(code_hashes);
  db::ArrayText transports;
  for (const std::string& one : added.transports) transports.add(one);
  const crypto::NewPasskey& passkey = added.passkey;
  const Uuid aaguid{passkey.aaguid};
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.bytes(crypto::view(added.challenge))
      .id(added.id)
      .bytes(passkey.credential_id)
      .bytes(passkey.public_key)
      .number(static_cast<std::int64_t>(passkey.algorithm))
      .text(added.name)
      .number(passkey.sign_count)
      .literal(passkey.backup_eligible ? "t" : "f")
      .literal(passkey.backed_up ? "t" : "f")
      .literal(transports.c_str())
      .uuid(aaguid)
      .literal(hashes.c_str());
  add_mail(params, notice);
  const Rows rows = run_locked(database, access.user(), add, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  const bool was_challenged = row->boolean();
  const bool had_room = row->boolean();
  const bool is_stored = row->boolean();
  if (!was_challenged) {
    return refused_registration(
        "The challenge was not issued for this session, was used, or has expired; begin again.",
        "unknown_challenge");
  }
  if (!had_room) {
    return refused_registration("The account has the maximum number of passkeys; delete one first.",
                                "too_many_passkeys");
  }
  if (!is_stored) return refused_registration("This passkey is registered already.", "registered");
  AddedPasskey out;
  out.passkey = passkey_from(*row);
  out.has_new_codes = row->boolean();
  out.session = live_session_from(*row);
  return out;
}

Result<std::vector<model::Passkey>> list_passkeys(db::Connection& database, const OwnProfile& access) {
  Params params;
  add_caller(params, access);
  return read_list<model::Passkey>(database.run(list, params), passkey_from);
}

Result<model::Passkey> rename_passkey(db::Connection& database, const OwnProfile& access,
                                      const model::PasskeyId& id, const std::string& name,
                                      const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id).text(name);
  const Rows rows = database.run(rename, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (!row->boolean()) return ErrorCode::not_found;
  return passkey_from(*row);
}

Result<Done> remove_passkey(db::Connection& database, const OwnProfile& access, const model::PasskeyId& id,
                            const SealedMail& notice, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.id(id);
  add_mail(params, notice);
  const Rows rows = run_locked(database, access.user(), remove, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  const bool is_removed = row->boolean();
  const bool existed = row->boolean();
  if (is_removed) return Done{};
  return Error(existed ? ErrorCode::last_login_method : ErrorCode::not_found);
}

}  // namespace taskward::store
