// Reading many records and seals in one snapshot, with cursors. The caller holds a db::Transaction.
//
//   RecordWalk records(database, span);
//   while (const auto record = records.next()) …
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_seal.hpp"
#include "taskward/store/audit_seals.hpp"

namespace taskward::store {

/// All statements of the transaction use one snapshot (REPEATABLE READ). Must be called first.
void use_one_snapshot(db::Connection& database);
/// The same, and the transaction is read-only.
void use_one_read_only_snapshot(db::Connection& database);

/// A half-open range of time. A missing end is unbounded.
struct AuditSpan {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;

  [[nodiscard]] bool holds(Timestamp at) const { return (!from || at >= *from) && (!to || at < *to); }
};

/// A server-side cursor.
class AuditCursor {
 public:
  AuditCursor(db::Connection& database, std::string name, const std::string& select, int fetch_size);
  AuditCursor(const AuditCursor&) = delete;
  AuditCursor& operator=(const AuditCursor&) = delete;
  ~AuditCursor();

  /// The next row, valid until the next call; nothing at the end.
  [[nodiscard]] std::optional<db::RowReader> next();

 private:
  db::Connection& database_;
  std::string name_;
  int fetch_size_;
  db::Rows rows_;
  std::size_t next_row_ = 0;
};

/// The records of a span, ordered by time and id.
class RecordWalk {
 public:
  RecordWalk(db::Connection& database, const AuditSpan& span);
  /// The records that a seal covers, ordered by transaction, time and id.
  RecordWalk(db::Connection& database, const SealingRange& range);
  [[nodiscard]] std::optional<model::SealableRecord> next();

 private:
  AuditCursor cursor_;
};

enum class SealOrder : std::uint8_t { by_number, by_first_record };

/// Seals with their leaves. By first record: the seals that overlap the span and have leaves. By number: all
/// seals, those outside the span without leaves.
class SealWalk {
 public:
  SealWalk(db::Connection& database, SealOrder order, const AuditSpan& span);
  [[nodiscard]] std::optional<model::AuditSeal> next();
  /// The time of the seal before the one that next() returned last.
  [[nodiscard]] const std::optional<Timestamp>& before() const { return before_; }

 private:
  AuditCursor cursor_;
  std::optional<Timestamp> before_;
};

}  // namespace taskward::store
