#include "taskward/store/audit_walk.hpp"

#include "audit_seal_rows.hpp"
#include "audit_unsealed.hpp"
#include "taskward/base/rfc3339.hpp"

namespace taskward::store {
namespace {

// A piece is a few hundred kilobytes: 10 000 leaves are half a megabyte.
constexpr int kRecordsAPiece = 1000;
constexpr int kSealsAPiece = 4;

std::string literal(Timestamp moment) { return "timestamptz '" + rfc3339_precise(moment) + '\''; }

std::string from_of(const AuditSpan& span) {
  return span.from ? literal(*span.from) : std::string(kFirstMoment);
}
std::string to_of(const AuditSpan& span) {
  return span.to ? literal(*span.to) : std::string(kAfterLastMoment);
}

std::string records_of(const AuditSpan& span) {
  return "select " + sealable_columns("a") + " from taskward.audit a where a.at >= " + from_of(span) +
         " and a.at < " + to_of(span) + " order by a.at, a.id";
}

std::string records_of(const SealingRange& range) {
  return "select " + sealable_columns("a") + " from " + unsealed_records(range) +
         " a order by a.xid, a.at, a.id";
}

std::string seals_of(SealOrder order, const AuditSpan& span) {
  const std::string is_of_span = "s.first_at < " + to_of(span) + " and s.last_at >= " + from_of(span);
  const bool by_number = order == SealOrder::by_number;
  const std::string leaves = by_number && (span.from || span.to)
                                 ? "case when s.records = 0 or " + is_of_span + " then s.leaves end"
                                 : "s.leaves";
  return "select " + seal_columns("s", leaves) + ", " + plain_moment("b.sealed_at") +
         " from taskward.audit_seals s left join taskward.audit_seals b on b.number = s.number - 1" +
         (by_number ? " order by s.number"
                    : " where s.leaves is not null and " + is_of_span + " order by s.first_at, s.number");
}

}  // namespace

void see_one_moment(db::Connection& database) {
  database.execute("set transaction isolation level repeatable read");
}

void see_one_moment_only(db::Connection& database) {
  database.execute("set transaction isolation level repeatable read, read only");
}

AuditCursor::AuditCursor(db::Connection& database, std::string name, const std::string& select, int piece)
    : database_(database), name_(std::move(name)), piece_(piece), rows_(nullptr) {
  database_.execute("declare " + name_ + " no scroll cursor for " + select);
}

AuditCursor::~AuditCursor() {
  try {
    if (database_.is_connected()) database_.execute("close " + name_);
  } catch (const std::exception&) {
    // The transaction has failed, and ends it.
  }
}

std::optional<db::RowReader> AuditCursor::next() {
  if (place_ == rows_.size()) {
    rows_ = database_.query("fetch " + std::to_string(piece_) + " from " + name_, db::Params());
    place_ = 0;
  }
  if (rows_.empty()) return std::nullopt;
  return rows_.row(place_++);
}

RecordWalk::RecordWalk(db::Connection& database, const AuditSpan& span)
    : cursor_(database, "audit_records", records_of(span), kRecordsAPiece) {}
RecordWalk::RecordWalk(db::Connection& database, const SealingRange& range)
    : cursor_(database, "audit_records", records_of(range), kRecordsAPiece) {}

std::optional<model::SealableRecord> RecordWalk::next() {
  auto row = cursor_.next();
  if (!row) return std::nullopt;
  return sealable_from(*row);
}

SealWalk::SealWalk(db::Connection& database, SealOrder order, const AuditSpan& span)
    : cursor_(database, "audit_seals", seals_of(order, span), kSealsAPiece) {}

std::optional<model::AuditSeal> SealWalk::next() {
  auto row = cursor_.next();
  if (!row) return std::nullopt;
  model::AuditSeal seal = seal_from(*row);
  before_ = row->timestamp_or_null();
  return seal;
}

}  // namespace taskward::store
