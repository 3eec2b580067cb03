#include "taskward/store/account_import.hpp"

#include <algorithm>

#include "fragments.hpp"
#include "statement_lists.hpp"
#include "taskward/base/text.hpp"
#include "taskward/db/array.hpp"

namespace taskward::store {
namespace {

using db::ArrayText;
using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

/// Rows per statement. It must finish within DATABASE_TIMEOUT.
constexpr std::size_t kBatch = 1000;

// $1 addresses, $2 user names, both in lower case.
const Statement find_taken{"find_taken_names", Effect::reads,
                           "select true, lower(email collate \"C\") from taskward.users"
                           " where lower(email collate \"C\") = any($1::text[])"
                           " union all select false, lower(username collate \"C\") from taskward.users"
                           " where lower(username collate \"C\") = any($2::text[])"};

// $1..$10 the members of ImportedAccount; $11 and $12 recovery codes: account and hash.
const Statement import_batch{
    "import_accounts", Effect::writes,
    "with input as (select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[],"
    " $6::text[], $7::text[], $8::boolean[], $9::boolean[], $10::bytea[]) as g (id, record, email, username,"
    " name, password_hash, role, is_active, email_verified, sealed_totp)),"
    " inserted as (insert into taskward.users (id, email, username, name, password_hash, role, is_active,"
    " email_verified_at, second_factor) select g.id, g.email, g.username, g.name, g.password_hash, g.role, "
    "g.is_active,"
    " case when g.email_verified then now() end, g.sealed_totp is not null from input g"
    " on conflict do nothing returning id),"
    " totp as (insert into taskward.totp (user_id, sealed_secret, confirmed_at) select g.id, g.sealed_totp, "
    "now()"
    " from inserted m join input g on g.id = m.id where g.sealed_totp is not null),"
    " codes as (insert into taskward.recovery_codes (user_id, code_hash) select c.user_id, c.code_hash"
    " from unnest($11::uuid[], $12::bytea[]) as c (user_id, code_hash) join inserted m on m.id = c.user_id),"
    " audited as (insert into taskward.audit " +
        std::string(kAuditColumns) + " select g.record, null, null, null, null, null, " +
        quoted(model::AuditAction::account_import) +
        ", 'user', m.id, 'success', null, null::text[] from inserted m join input g on g.id = m.id)"
        " select count(*) from inserted"};

/// Removes the next batch from the front of `accounts`.
std::span<const ImportedAccount> next_batch(std::span<const ImportedAccount>& accounts) {
  const auto batch = accounts.first(std::min(kBatch, accounts.size()));
  accounts = accounts.subspan(batch.size());
  return batch;
}

/// Returns how many were inserted: accounts with a taken name are skipped.
std::size_t insert(db::Connection& database, std::span<const ImportedAccount> accounts) {
  ArrayText ids, records, emails, usernames, names, hashes, roles, active, verified, secrets, owners, codes;
  for (const ImportedAccount& one : accounts) {
    ids.add(one.id.text());
    records.add(one.record.text());
    emails.add_or_null(one.email);
    usernames.add_or_null(one.username);
    names.add_or_null(one.name);
    hashes.add_or_null(one.password_hash);
    roles.add(model::name(one.role));
    active.add(one.is_active ? "t" : "f");
    verified.add(one.email_verified ? "t" : "f");
    if (one.sealed_totp)
      secrets.add(bytea_text(*one.sealed_totp));
    else
      secrets.add_null();
    for (const std::string& hash : one.recovery_hashes) {
      owners.add(one.id.text());
      codes.add(bytea_text(hash));
    }
  }
  Params params;
  for (ArrayText* column : {&ids, &records, &emails, &usernames, &names, &hashes, &roles, &active, &verified,
                            &secrets, &owners, &codes}) {
    params.literal(column->c_str());
  }
  return static_cast<std::size_t>(database.run(import_batch, params).row(0).number());
}

}  // namespace

StatementList import_statements() { return {&find_taken, &import_batch}; }

TakenNames find_taken_names(db::Connection& database, std::span<const ImportedAccount> accounts) {
  TakenNames taken;
  while (!accounts.empty()) {
    ArrayText emails, usernames;
    for (const ImportedAccount& one : next_batch(accounts)) {
      if (one.email) emails.add(lower(*one.email));
      if (one.username) usernames.add(lower(*one.username));
    }
    const Rows rows = database.run(find_taken, Params().literal(emails.c_str()).literal(usernames.c_str()));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      db::RowReader row = rows.row(r);
      const bool is_email = row.boolean();
      (is_email ? taken.emails : taken.usernames).push_back(row.text());
    }
  }
  return taken;
}

ImportOutcome import_accounts(db::Connection& database, std::span<const ImportedAccount> accounts) {
  db::Transaction transaction(database);
  while (!accounts.empty()) {
    const auto batch = next_batch(accounts);
    if (insert(database, batch) != batch.size()) return ImportOutcome::name_taken;
  }
  transaction.commit();
  return ImportOutcome::done;
}

}  // namespace taskward::store
