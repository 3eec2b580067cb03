// Making and finding seals of the audit record.
//
// One seals at a time: whoever holds the lock, for the time of a transaction. What a seal takes is decided by
// one look at the database (sealing_ground); records of transactions that were over by then do not change
// any more, so that they may be read by later statements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/audit_seal.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

/// What a look at the database shows to whoever is going to seal.
struct SealingGround {
  Timestamp now;                           ///< before the look
  std::string cluster;                     ///< this one
  std::uint64_t end = 0;                   ///< no transaction had this number or a higher one
  std::vector<std::uint64_t> open;         ///< those below that were still under way, rising
  std::optional<model::AuditSeal> newest;  ///< without leaves
};

/// Until the end of the transaction; false when another holds it.
[[nodiscard]] bool try_lock_sealing(db::Connection& database);
[[nodiscard]] SealingGround sealing_ground(db::Connection& database);

/// Which records a seal takes: of transactions that the seal before has not taken, and that `next` takes
/// (its xid_below and open).
struct SealingRange {
  const model::AuditSeal& before;
  const model::AuditSeal& next;
};

/// The transaction of the record that comes after so many, by transaction; nothing when there are no more.
[[nodiscard]] std::optional<std::uint64_t> transaction_of_unsealed(db::Connection& database,
                                                                   const SealingRange& range,
                                                                   std::int64_t after);

/// The latest time of any record.
[[nodiscard]] std::optional<Timestamp> latest_record(db::Connection& database);

void insert_seal(db::Connection& database, const model::AuditSeal& seal);

/// Records that the record goes on in a new era, and why.
void record_era(db::Connection& database, std::string_view reason, const model::AuditStamp& stamp);

/// The operator took a copy of the record.
void record_audit_export(db::Connection& database, const model::AuditStamp& stamp);

struct Head {
  model::AuditSeal seal;            ///< without leaves
  std::int64_t records_in_all = 0;  ///< in this seal and all before it
};

[[nodiscard]] std::optional<Head> newest_seal(db::Connection& database);
/// Records that the head was printed, or mailed: the mail is queued by the same statement.
void record_head(db::Connection& database, std::int64_t number, const SealedMail* mail,
                 const model::AuditStamp& stamp);

/// Every record with that id: one, unless somebody who owns the database made more.
[[nodiscard]] std::vector<model::SealableRecord> records_of_id(db::Connection& database, const AuditId& id);

/// The first seal, with its leaves, in whose leaves the bytes occur; it need not be where a leaf begins. With
/// a moment only seals are looked at of which some record is not younger, and some not older.
[[nodiscard]] std::optional<model::AuditSeal> seal_holding(db::Connection& database, std::string_view bytes,
                                                           const std::optional<Timestamp>& between);

/// The number of the first seal of that era that takes the transaction's records.
[[nodiscard]] std::optional<std::int64_t> seal_taking(db::Connection& database, std::int32_t era,
                                                      std::uint64_t transaction);

/// When the last seal before that number was made that was made before the transaction began.
[[nodiscard]] std::optional<Timestamp> sealed_before(db::Connection& database, std::int64_t number,
                                                     std::int32_t era, std::uint64_t transaction);

/// The records that say that a month was dropped.
[[nodiscard]] std::vector<model::SealableRecord> drops_of_months(db::Connection& database);

/// A record whose time no calendar of ours knows.
[[nodiscard]] std::optional<AuditId> record_out_of_time(db::Connection& database);

}  // namespace taskward::store
