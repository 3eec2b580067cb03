#include "taskward/store/keys.hpp"

#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

const Statement usable{"usable_keys", Effect::reads, R"(
select kid, alg, public_key, sealed_private_key
  from taskward.signing_keys
 where revoked_at is null and (verifies_until is null or verifies_until > now())
 order by verifies_until is null desc, signs_from <= now() desc, signs_from desc, kid)"};

// Two hosts that start at once must not both make a first key: the second waits here for the first.
const Statement lock_keys{"lock_keys", Effect::writes,
                          "select pg_advisory_xact_lock(hashtext('taskward.signing_keys'))"};

const Statement insert_if_none{"insert_first_key", Effect::writes, R"(
insert into taskward.signing_keys (kid, alg, public_key, sealed_private_key)
select $1::text, $2::text, $3::bytea, $4::bytea
 where not exists (select from taskward.signing_keys
                    where alg = $2::text and revoked_at is null and verifies_until is null))"};

}  // namespace

StatementList key_statements() { return {&usable, &lock_keys, &insert_if_none}; }

std::vector<StoredKey> usable_keys(db::Connection& database) {
  const Rows rows = database.run(usable, Params());
  std::vector<StoredKey> keys;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    StoredKey key;
    key.kid = row.text();
    const auto algorithm = model::jws_algorithm(row.view());
    if (!algorithm) continue;  // a newer release's; its tokens are not ours to check
    key.algorithm = *algorithm;
    key.public_der = row.text();
    key.sealed_private_key = row.text();
    keys.push_back(std::move(key));
  }
  return keys;
}

void insert_first_key(db::Connection& database, const StoredKey& key) {
  database.connect();
  db::Transaction transaction(database);
  static_cast<void>(database.run(lock_keys, Params()));
  static_cast<void>(database.run(insert_if_none, Params()
                                                     .text(key.kid)
                                                     .text(model::name(key.algorithm))
                                                     .bytes(key.public_der)
                                                     .bytes(key.sealed_private_key)));
  transaction.commit();
}

}  // namespace taskward::store
