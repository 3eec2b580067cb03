// Going through records and seals, in pieces, as one transaction sees them: the caller holds a Transaction.
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

/// Everything in the transaction sees what its first statement sees. Call it first.
void see_one_moment(db::Connection& database);
/// The same, and nothing can be changed.
void see_one_moment_only(db::Connection& database);

/// From one moment up to, and without, another; nothing means no bound.
struct AuditSpan {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;

  [[nodiscard]] bool holds(Timestamp at) const { return (!from || at >= *from) && (!to || at < *to); }
};

/// A cursor of the server.
class AuditCursor {
 public:
  AuditCursor(db::Connection& database, std::string name, const std::string& select, int piece);
  AuditCursor(const AuditCursor&) = delete;
  AuditCursor& operator=(const AuditCursor&) = delete;
  ~AuditCursor();

  /// The next row; null at the end. Valid until the next call.
  [[nodiscard]] std::optional<db::RowReader> next();

 private:
  db::Connection& database_;
  std::string name_;
  int piece_;
  db::Rows rows_;
  std::size_t place_ = 0;
};

/// The records of a span, by time and id.
class RecordWalk {
 public:
  RecordWalk(db::Connection& database, const AuditSpan& span);
  /// Those a seal takes, by transaction, time and id.
  RecordWalk(db::Connection& database, const SealingRange& range);
  [[nodiscard]] std::optional<model::SealableRecord> next();

 private:
  AuditCursor cursor_;
};

enum class SealOrder : std::uint8_t { by_number, by_first_record };

/// The seals with their leaves. By their first record: those of the span that have leaves. By number: all,
/// where those that are not of the span come without leaves.
class SealWalk {
 public:
  SealWalk(db::Connection& database, SealOrder order, const AuditSpan& span);
  [[nodiscard]] std::optional<model::AuditSeal> next();
  /// When the seal before the last one that came was made.
  [[nodiscard]] const std::optional<Timestamp>& before() const { return before_; }

 private:
  AuditCursor cursor_;
  std::optional<Timestamp> before_;
};

}  // namespace taskward::store
