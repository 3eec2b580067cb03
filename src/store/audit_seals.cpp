#include "taskward/store/audit_seals.hpp"

#include "administration_sql.hpp"
#include "audit_seal_rows.hpp"
#include "fragments.hpp"
#include "statement_lists.hpp"
#include "taskward/base/rfc3339.hpp"
#include "unsealed_records.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::RowReader;
using db::Rows;
using db::Statement;

const Statement lock_sealing{"lock_sealing", Effect::writes,
                             "select pg_try_advisory_xact_lock(hashtext('taskward.audit_seals'))"};

const std::string kNewest = "(select * from taskward.audit_seals order by number desc limit 1)";

// A transaction that begins after this snapshot is not covered by the next seal, and its records are newer
// than the time.
const Statement ground{
    "sealing_snapshot", Effect::reads,
    "with snapshot as materialized (select pg_current_snapshot() as seen)"
    " select statement_timestamp(), taskward.this_cluster(), pg_snapshot_xmax(l.seen)::text,"
    " array(select x::text from pg_snapshot_xip(l.seen) x order by x), " +
        seal_columns("s", kNoLeaves) + " from snapshot l left join " + kNewest + " s on true"};

// $1 open and $2 xid_below of the previous seal, $3 xid_below and $4 open of the next, $5 era_at, $6 offset.
const Statement unsealed{
    "unsealed_transaction", Effect::reads,
    "select u.xid::text from " +
        unsealed_records("$1::xid8[]", "$2::xid8", "$3::xid8", "$4::xid8[]", "$5::timestamptz") +
        " u order by u.xid offset $6::bigint limit 1"};

const Statement latest{"latest_record", Effect::reads,
                       "select max(at) from taskward.audit a where at >= " + std::string(kFirstMoment) +
                           " and at < " + std::string(kAfterLastMoment)};

const Statement insert{"insert_seal", Effect::writes, R"(
insert into taskward.audit_seals (number, era, cluster, xid_from, xid_below, open, era_at, records, first_at, last_at,
                                  root, previous, sealed_at, signature, leaves, covers_token_ids)
values ($1::bigint, $2::integer, $3::text, $4::xid8, $5::xid8, $6::xid8[], $7::timestamptz, $8::integer,
        $9::timestamptz, $10::timestamptz, $11::bytea, $12::bytea, $13::timestamptz, $14::bytea, $15::bytea, true))"};

// $1 to $4 stamp, $5 reason.
std::string audit_sql(model::AuditAction action, std::string_view object_type) {
  return "insert into taskward.audit " + std::string(kAuditColumns) + " select " + stamp_values(1) +
         ", null, null, " + quoted(action) + ", '" + std::string(object_type) +
         "', null, 'success', $5::text, null::text[]";
}
const Statement audit_era{"record_audit_era", Effect::writes,
                          audit_sql(model::AuditAction::audit_era, "audit_seal")};
const Statement audit_export{"record_audit_export", Effect::writes,
                             audit_sql(model::AuditAction::audit_export, "audit")};
const Statement audit_head{"record_audit_head", Effect::writes,
                           audit_sql(model::AuditAction::audit_head, "audit_seal")};
// The same, and $6 to $9 mail.
const Statement mail_head{"mail_audit_head", Effect::writes,
                          "with one as (select 1)" + queue_mail("mailed", 6, "one") + ' ' +
                              audit_sql(model::AuditAction::audit_head, "audit_seal")};

const std::string kTotal = "(select sum(records)::bigint from taskward.audit_seals)";

const Statement head{"newest_seal", Effect::reads,
                     "select " + kTotal + ", " + seal_columns("s", kNoLeaves) + " from " + kNewest + " s"};

// $1..$3 caller, $4..$7 stamp.
const Statement seal_state{
    "read_seal_state", Effect::writes,
    administrator_cte() + ", " + std::string(kSealLagCtes) +
        audit("audited", stamp_values(4),
              {.action = model::AuditAction::audit_read, .object_type = "'audit_seal'"}, "actor a") +
        " select a.permitted, case when a.permitted then " + std::string(kSealLag) + " end, " + kTotal +
        ", " + seal_columns("s", kNoLeaves) + " from actor a left join " + kNewest + " s on a.permitted"};

// The same, and $8 the record.
const Statement proof_read{
    "record_proof_read", Effect::writes,
    administrator_cte() +
        audit("audited", stamp_values(4),
              {.action = model::AuditAction::audit_read, .object_type = "'audit'", .object = "$8::uuid"},
              "actor a") +
        " select a.permitted from actor a"};

// $1 id, $2 and $3 the time range to search. There is no index by id alone.
const Statement by_id{"audit_record_by_id", Effect::reads,
                      "select " + sealable_columns("a") +
                          " from taskward.audit a where a.id = $1::uuid and a.at >= $2::timestamptz"
                          " and a.at < $3::timestamptz order by a.at"};

// $1 bytes, $2 a time between that of the seal's first and last record.
const Statement holding{"seal_containing", Effect::reads,
                        "select " + seal_columns("s", "s.leaves") +
                            " from taskward.audit_seals s where ($2::timestamptz is null or"
                            " (s.last_at >= $2::timestamptz and s.first_at <= $2::timestamptz))"
                            " and position($1::bytea in s.leaves) > 0 order by s.number limit 1"};

// $1 era, $2 transaction.
const Statement taking{"seal_covering", Effect::reads,
                       "select min(number) from taskward.audit_seals where era = $1::integer"
                       " and xid_below > $2::xid8 and not $2::xid8 = any (open)"};

// $1 number, $2 era, $3 transaction.
const Statement made_before{"seal_before_transaction", Effect::reads,
                            "select " + plain_moment("sealed_at") +
                                " from taskward.audit_seals where number < $1::bigint and era = $2::integer"
                                " and xid_below <= $3::xid8 order by number desc limit 1"};

const Statement drops{
    "audit_drops", Effect::reads,
    "select " + sealable_columns("a") +
        " from taskward.audit a where a.action = " + quoted(model::AuditAction::audit_drop) +
        " and a.object_type = 'audit_month' and a.outcome = 'success' and a.at >= " +
        std::string(kFirstMoment) + " and a.at < " + std::string(kAfterLastMoment) + " order by a.at, a.id"};

const Statement out_of_time{"audit_record_out_of_time", Effect::reads,
                            "select id from taskward.audit where at < " + std::string(kFirstMoment) +
                                " or at >= " + std::string(kAfterLastMoment) + " limit 1"};

std::optional<std::string> literal_of(const std::optional<Timestamp>& moment) {
  if (!moment) return std::nullopt;
  return rfc3339_precise(*moment);
}

/// The literal, or null. It must outlive the run.
void add_literal(Params& params, const std::optional<std::string>& text) {
  if (text)
    params.literal(text->c_str());
  else
    params.null();
}

std::vector<model::SealableRecord> records_in(const Rows& rows) {
  std::vector<model::SealableRecord> all;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    RowReader row = rows.row(r);
    all.push_back(sealable_from(row));
  }
  return all;
}

std::vector<model::SealableRecord> records_with_id(db::Connection& database, const AuditId& id,
                                                   Timestamp from, Timestamp to) {
  const std::string first = rfc3339_precise(from);
  const std::string end = rfc3339_precise(to);
  return records_in(database.run(by_id, Params().id(id).literal(first.c_str()).literal(end.c_str())));
}

/// The timestamp of a UUIDv7.
Timestamp moment_of(const AuditId& id) {
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds * 256 + id.uuid.bytes[i];
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

constexpr Timestamp kFirst = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
constexpr Timestamp kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);

}  // namespace

StatementList audit_seal_statements() {
  return {&lock_sealing, &ground,      &unsealed,  &latest,      &insert,     &audit_era,
          &audit_export, &audit_head,  &mail_head, &head,        &by_id,      &holding,
          &taking,       &made_before, &drops,     &out_of_time, &seal_state, &proof_read};
}

bool try_lock_sealing(db::Connection& database) {
  return database.run(lock_sealing, Params()).row(0).boolean();
}

SealingSnapshot sealing_snapshot(db::Connection& database) {
  const Rows rows = database.run(ground, Params());
  RowReader row = rows.row(0);
  SealingSnapshot found;
  found.now = row.timestamp();
  found.cluster = row.text();
  found.end = transaction_from(row.view());
  for (const std::string& transaction : row.texts()) found.open.push_back(transaction_from(transaction));
  if (!row.is_null()) found.newest = seal_from(row);
  return found;
}

std::optional<std::uint64_t> unsealed_transaction_at(db::Connection& database, const SealingRange& range,
                                                     std::int64_t after) {
  const std::string before_open = xid8_array(range.before.open);
  const std::string before_below = std::to_string(range.before.xid_below);
  const std::string next_below = std::to_string(range.next.xid_below);
  const std::string next_open = xid8_array(range.next.open);
  const auto era_at = literal_of(range.before.era_at);
  Params params;
  params.literal(before_open.c_str())
      .literal(before_below.c_str())
      .literal(next_below.c_str())
      .literal(next_open.c_str());
  add_literal(params, era_at);
  params.number(after);
  const Rows rows = database.run(unsealed, params);
  if (rows.empty()) return std::nullopt;
  return transaction_from(rows.row(0).view());
}

std::optional<Timestamp> latest_record(db::Connection& database) {
  return database.run(latest, Params()).row(0).timestamp_or_null();
}

void insert_seal(db::Connection& database, const model::AuditSeal& seal) {
  const auto xid_from = seal.xid_from ? std::optional(std::to_string(*seal.xid_from)) : std::nullopt;
  const std::string xid_below = std::to_string(seal.xid_below);
  const std::string open = xid8_array(seal.open);
  const auto era_at = literal_of(seal.era_at);
  const auto first_at = literal_of(seal.first_at);
  const auto last_at = literal_of(seal.last_at);
  const std::string sealed_at = rfc3339_precise(seal.sealed_at);
  Params params;
  params.number(seal.number).number(seal.era).text(seal.cluster);
  add_literal(params, xid_from);
  params.literal(xid_below.c_str()).literal(open.c_str());
  add_literal(params, era_at);
  params.number(seal.records);
  add_literal(params, first_at);
  add_literal(params, last_at);
  params.bytes(seal.root).bytes(seal.previous).literal(sealed_at.c_str()).bytes(seal.signature);
  if (seal.leaves)
    params.bytes(*seal.leaves);
  else
    params.null();
  static_cast<void>(database.run(insert, params));
}

void record_era(db::Connection& database, std::string_view reason, const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  static_cast<void>(database.run(audit_era, params.text(reason)));
}

void record_audit_export(db::Connection& database, const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  static_cast<void>(database.run(audit_export, params.null()));
}

std::optional<Head> newest_seal(db::Connection& database) {
  const Rows rows = database.run(head, Params());
  if (rows.empty()) return std::nullopt;
  RowReader row = rows.row(0);
  Head found;
  found.total_records = row.number();
  found.seal = seal_from(row);
  return found;
}

Result<SealState> read_seal_state(db::Connection& database, const Administer& access,
                                  const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  const Rows rows = database.run(seal_state, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  SealState found;
  found.lag = std::chrono::microseconds(row->number());
  if (row->is_null()) return found;
  found.newest.emplace();
  found.newest->total_records = row->number();
  found.newest->seal = seal_from(*row);
  return found;
}

Result<Done> record_proof_read(db::Connection& database, const Administer& access, const AuditId& record,
                               const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  const Rows rows = database.run(proof_read, params.id(record));
  if (auto row = permitted_row(rows); !row) return std::move(row).error();
  return Done{};
}

void record_head(db::Connection& database, std::int64_t number, const SealedMail* mail,
                 const model::AuditStamp& stamp) {
  const std::string reason = std::to_string(number);
  Params params;
  add_stamp(params, stamp);
  params.text(reason);
  if (mail != nullptr) add_mail(params, *mail);
  static_cast<void>(database.run(mail != nullptr ? mail_head : audit_head, params));
}

std::vector<model::SealableRecord> records_with_id(db::Connection& database, const AuditId& id,
                                                   IdSearch search) {
  // Records are normally written soon after their id was generated, but clocks may be wrong and ids forged.
  const Timestamp generated = moment_of(id);
  const std::chrono::days near(1);
  if (generated > kFirst + near && generated < kLast - near) {
    auto found = records_with_id(database, id, generated - near, generated + near);
    if (!found.empty() || search == IdSearch::near_its_time) return found;
  }
  return records_with_id(database, id, kFirst, kLast);
}

std::optional<model::AuditSeal> seal_containing(db::Connection& database, std::string_view bytes,
                                                const std::optional<Timestamp>& between) {
  const auto moment = literal_of(between);
  Params params;
  params.bytes(bytes);
  add_literal(params, moment);
  const Rows rows = database.run(holding, params);
  if (rows.empty()) return std::nullopt;
  RowReader row = rows.row(0);
  return seal_from(row);
}

std::optional<std::int64_t> seal_covering(db::Connection& database, std::int32_t era,
                                          std::uint64_t transaction) {
  const std::string digits = std::to_string(transaction);
  const Rows rows = database.run(taking, Params().number(era).literal(digits.c_str()));
  RowReader row = rows.row(0);
  if (row.is_null()) return std::nullopt;
  return row.number();
}

std::optional<Timestamp> last_sealed_before(db::Connection& database, std::int64_t number, std::int32_t era,
                                            std::uint64_t transaction) {
  const std::string digits = std::to_string(transaction);
  const Rows rows = database.run(made_before, Params().number(number).number(era).literal(digits.c_str()));
  if (rows.empty()) return std::nullopt;
  return rows.row(0).timestamp_or_null();
}

std::vector<model::SealableRecord> month_drop_records(db::Connection& database) {
  return records_in(database.run(drops, Params()));
}

std::optional<AuditId> record_with_invalid_time(db::Connection& database) {
  const Rows rows = database.run(out_of_time, Params());
  if (rows.empty()) return std::nullopt;
  return rows.row(0).id<AuditId>();
}

}  // namespace taskward::store
