#include "taskward/store/audit_walk.hpp"

#include "audit_seal_rows.hpp"
#include "taskward/base/rfc3339.hpp"
#include "unsealed_records.hpp"

namespace taskward::store {
namespace {

// Rows per FETCH: some hundred kilobytes. A seal with 10 000 records has half a megabyte of leaves.
constexpr int kRecordsPerFetch = 1000;
constexpr int kSealsPerFetch = 4;

std::string literal(Timestamp moment) { return "timestamptz '" + rfc3339_precise(moment) + '\''; }

std::string from_of(const AuditSpan& span) {
  return span.from ? literal(*span.from) : std::string(kFirstMoment);
}
std::string to_of(const AuditSpan& span) {
  return span.to ? literal(*span.to) : std::string(kAfterLastMoment);
}

std::string select_records(const AuditSpan& span) {
  return "select " + sealable_columns("a") + " from taskward.audit a where a.at >= " + from_of(span) +
         " and a.at < " + to_of(span) + " order by a.at, a.id";
}

std::string select_records(const SealingRange& range) {
  return "select " + sealable_columns("a") + " from " + unsealed_records(range) +
         " a order by a.xid, a.at, a.id";
}

std::string select_seals(SealOrder order, const AuditSpan& span) {
  const std::string overlaps = "s.first_at < " + to_of(span) + " and s.last_at >= " + from_of(span);
  const bool by_number = order == SealOrder::by_number;
  const std::string leaves = by_number && (span.from || span.to)
                                 ? "case when s.records = 0 or " + overlaps + " then s.leaves end"
                                 : "s.leaves";
  return "select " + seal_columns("s", leaves) + ", " + plain_moment("b.sealed_at") +
         " from taskward.audit_seals s left join taskward.audit_seals b on b.number = s.number - 1" +
         (by_number ? " order by s.number"
                    : " where s.leaves is not null and " + overlaps + " order by s.first_at, s.number");
}

}  // namespace

void use_one_snapshot(db::Connection& database) {
  database.execute("set transaction isolation level repeatable read");
}

void use_one_read_only_snapshot(db::Connection& database) {
  database.execute("set transaction isolation level repeatable read, read only");
}

AuditCursor::AuditCursor(db::Connection& database, std::string name, const std::string& select,
                         int fetch_size)
    : database_(database), name_(std::move(name)), fetch_size_(fetch_size), rows_(nullptr) {
  database_.execute("declare " + name_ + " no scroll cursor for " + select);
}

AuditCursor::~AuditCursor() {
  try {
    if (database_.is_connected()) database_.execute("close " + name_);
  } catch (const std::exception&) {
    // The transaction has failed; its end closes the cursor.
  }
}

std::optional<db::RowReader> AuditCursor::next() {
  if (next_row_ == rows_.size()) {
    rows_ = database_.query("fetch " + std::to_string(fetch_size_) + " from " + name_, db::Params());
    next_row_ = 0;
  }
  if (rows_.empty()) return std::nullopt;
  return rows_.row(next_row_++);
}

RecordWalk::RecordWalk(db::Connection& database, const AuditSpan& span)
    : cursor_(database, "audit_records", select_records(span), kRecordsPerFetch) {}
RecordWalk::RecordWalk(db::Connection& database, const SealingRange& range)
    : cursor_(database, "audit_records", select_records(range), kRecordsPerFetch) {}

std::optional<model::SealableRecord> RecordWalk::next() {
  auto row = cursor_.next();
  if (!row) return std::nullopt;
  return sealable_from(*row);
}

SealWalk::SealWalk(db::Connection& database, SealOrder order, const AuditSpan& span)
    : cursor_(database, "audit_seals", select_seals(order, span), kSealsPerFetch) {}

std::optional<model::AuditSeal> SealWalk::next() {
  auto row = cursor_.next();
  if (!row) return std::nullopt;
  model::AuditSeal seal = seal_from(*row);
  before_ = row->timestamp_or_null();
  return seal;
}

}  // namespace taskward::store
