#include "taskward/store/keys.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::RowReader;
using db::Rows;
using db::Statement;
using model::KeyState;

// The CTE `ring`: all keys with their states. It uses statement_timestamp(), because the transaction may have
// begun before it waited for the lock. A key that was revoked before its signs_from never begins.
const std::string kRing = R"(
with began as (
  select distinct on (alg) alg, kid
    from taskward.signing_keys
   where signs_from <= statement_timestamp() and (revoked_at is null or revoked_at > signs_from)
   order by alg, (revoked_at is null and verifies_until is null) desc, signs_from desc, kid),
waiting as (
  select alg
    from taskward.signing_keys
   where revoked_at is null and verifies_until is null and signs_from > statement_timestamp()),
ring as (
  select k.*, case
           when k.revoked_at is not null then 'revoked'
           when k.verifies_until <= statement_timestamp() then 'ended'
           when k.signs_from > statement_timestamp() then 'next'
           when k.kid = b.kid and (k.verifies_until is null or k.alg in (select alg from waiting)) then 'signing'
           else 'verifying'
         end as state
    from taskward.signing_keys k left join began b on b.alg = k.alg))";

// In the order info_from reads them.
const std::string kInfoColumns = "kid, alg, state, created_at, signs_from, verifies_until, revoked_at";

const Statement usable{"usable_keys", Effect::reads,
                       kRing + " select " + kInfoColumns + R"(, sealed_private_key
  from ring
 where state in ('signing', 'next', 'verifying')
 order by state = 'signing' desc, signs_from desc, kid)"};

const Statement every{"every_key", Effect::reads,
                      kRing + " select " + kInfoColumns + " from ring order by signs_from desc, kid"};

// Serializes changes of keys: two hosts that start at the same time must not both create the first key, and
// two rotations must not both replace the same key.
const Statement lock_keys{"lock_keys", Effect::writes,
                          "select pg_advisory_xact_lock(hashtext('taskward.signing_keys'))"};

// $1 algorithm.
const Statement begin_next{"begin_next_key", Effect::writes, kRing + R"(,
first as (
  select kid from ring
   where alg = $1::text and state = 'next'
     and not exists (select from ring where alg = $1::text and state = 'signing')
   order by signs_from, kid limit 1)
update taskward.signing_keys k set signs_from = statement_timestamp() from first f where k.kid = f.kid)"};

// $1 kid, $2 algorithm, $3 public half, $4 private half.
const Statement insert_if_none{"insert_key_if_none_signs", Effect::writes, kRing + R"(
insert into taskward.signing_keys (kid, alg, public_key, sealed_private_key, signs_from)
select $1::text, $2::text, $3::bytea, $4::bytea, statement_timestamp()
 where not exists (select from ring where alg = $2::text and state = 'signing')
returning signs_from)"};

// $1 to $4 as above, $5 lead and $6 tail in seconds. The new key begins after all keys that have not begun
// yet: keys sign in the order of their creation.
const Statement insert_next{"insert_next_key", Effect::writes, R"(
with inserted as (
  insert into taskward.signing_keys (kid, alg, public_key, sealed_private_key, signs_from)
  select $1::text, $2::text, $3::bytea, $4::bytea,
         greatest(statement_timestamp() + make_interval(secs => $5::double precision),
                  max(signs_from) + interval '1 microsecond')
    from taskward.signing_keys where alg = $2::text and revoked_at is null
  returning signs_from),
retired as (
  update taskward.signing_keys k
     set verifies_until = m.signs_from + make_interval(secs => $6::double precision)
    from inserted m
   where k.alg = $2::text and k.revoked_at is null and k.verifies_until is null)
select signs_from from inserted)"};

const Statement state_of{"key_state", Effect::reads, kRing + " select state from ring where kid = $1::text"};

// $1 kid. If that key has not begun, the key before it takes over its verifies_until.
const Statement pass_end_on{"pass_end_of_key_on", Effect::writes, kRing + R"(,
revoked as (select * from ring where kid = $1::text and state = 'next'),
previous as (
  select r.kid from ring r join revoked g on r.alg = g.alg and r.signs_from < g.signs_from
   where r.state in ('signing', 'next')
   order by r.signs_from desc, r.kid limit 1)
update taskward.signing_keys k set verifies_until = g.verifies_until from revoked g, previous h where k.kid = h.kid)"};

const Statement mark_revoked{"mark_key_revoked", Effect::writes, R"(
update taskward.signing_keys set revoked_at = statement_timestamp() where kid = $1::text)"};

// $1 to $4 stamp, $5 action, $6 kid. A kid is not a UUID, so it is stored as the reason.
const Statement audit_record{
    "record_key_action", Effect::writes,
    "insert into taskward.audit " + std::string(kAuditColumns) + " select " + stamp_values(1) +
        ", null, null, $5::text, 'signing_key', null, 'success', $6::text, null::text[]"};

/// Nothing for an algorithm that only a newer release supports.
std::optional<model::SigningKeyInfo> info_from(RowReader& row) {
  model::SigningKeyInfo info;
  info.kid = row.text();
  const auto algorithm = model::jws_algorithm(row.view());
  if (!algorithm) return std::nullopt;
  info.algorithm = *algorithm;
  info.state = model::key_state(row.view()).value();
  info.created_at = row.timestamp();
  info.signs_from = row.timestamp();
  info.verifies_until = row.timestamp_or_null();
  info.revoked_at = row.timestamp_or_null();
  return info;
}

void add_key(Params& params, const NewKey& key) {
  params.text(key.kid).text(model::name(key.algorithm)).bytes(key.public_der).bytes(key.sealed_private_key);
}

void lock(db::Connection& database) { static_cast<void>(database.run(lock_keys, Params())); }

/// Ensures that a key of that algorithm signs. Returns signs_from of the fresh key if it was stored.
std::optional<Timestamp> supply_signer(db::Connection& database, const NewKey& fresh) {
  static_cast<void>(database.run(begin_next, Params().text(model::name(fresh.algorithm))));
  Params params;
  add_key(params, fresh);
  const Rows rows = database.run(insert_if_none, params);
  if (rows.empty()) return std::nullopt;
  RowReader row = rows.row(0);
  return row.timestamp();
}

void record(db::Connection& database, model::AuditAction action, const std::string& kid,
            const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  params.text(model::name(action)).text(kid);
  static_cast<void>(database.run(audit_record, params));
}

}  // namespace

StatementList key_statements() {
  return {&usable,      &every,    &lock_keys,   &begin_next,   &insert_if_none,
          &insert_next, &state_of, &pass_end_on, &mark_revoked, &audit_record};
}

std::vector<StoredKey> usable_keys(db::Connection& database) {
  const Rows rows = database.run(usable, Params());
  std::vector<StoredKey> keys;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    RowReader row = rows.row(r);
    if (auto info = info_from(row)) keys.push_back({std::move(*info), row.text()});
  }
  return keys;
}

std::vector<model::SigningKeyInfo> every_key(db::Connection& database) {
  const Rows rows = database.run(every, Params());
  std::vector<model::SigningKeyInfo> keys;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    RowReader row = rows.row(r);
    if (auto info = info_from(row)) keys.push_back(std::move(*info));
  }
  return keys;
}

void ensure_signer(db::Connection& database, const NewKey& fresh) {
  database.connect();
  db::Transaction transaction(database);
  lock(database);
  static_cast<void>(supply_signer(database, fresh));
  transaction.commit();
}

Timestamp rotate(db::Connection& database, const NewKey& fresh, const RotationTimes& times,
                 const model::AuditStamp& stamp) {
  database.connect();
  db::Transaction transaction(database);
  lock(database);
  std::optional<Timestamp> begins = supply_signer(database, fresh);
  if (!begins) {
    Params params;
    add_key(params, fresh);
    const Rows rows = database.run(insert_next, params.number(times.lead.count()).number(times.tail.count()));
    RowReader row = rows.row(0);
    begins = row.timestamp();
  }
  record(database, model::AuditAction::key_rotate, fresh.kid, stamp);
  transaction.commit();
  return *begins;
}

std::optional<KeyState> revoke(db::Connection& database, const std::string& kid, const NewKey* fresh,
                               const model::AuditStamp& stamp) {
  database.connect();
  db::Transaction transaction(database);
  lock(database);
  const Rows rows = database.run(state_of, Params().text(kid));
  if (rows.empty()) return std::nullopt;
  RowReader row = rows.row(0);
  const KeyState before = model::key_state(row.view()).value();
  if (before == KeyState::revoked) return before;
  static_cast<void>(database.run(pass_end_on, Params().text(kid)));
  static_cast<void>(database.run(mark_revoked, Params().text(kid)));
  if (fresh != nullptr) static_cast<void>(supply_signer(database, *fresh));
  record(database, model::AuditAction::key_revoke, kid, stamp);
  transaction.commit();
  return before;
}

}  // namespace taskward::store
