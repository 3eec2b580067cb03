// Creating and finding seals of the audit log.
//
// Only one process seals at a time: the one that holds the lock, until the end of its transaction. One
// snapshot (sealing_snapshot) decides which records a seal covers. Records of transactions that had ended by
// then do not change any more, so that later statements may read them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/audit_seal.hpp"
#include "taskward/store/actor.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

/// The state of the database from which the next seal is made.
struct SealingSnapshot {
  Timestamp now;                           ///< before the snapshot
  std::string cluster;                     ///< the identifier of this cluster
  std::uint64_t end = 0;                   ///< the first transaction id that was not assigned yet
  std::vector<std::uint64_t> open;         ///< lower ids of transactions in progress, ascending
  std::optional<model::AuditSeal> newest;  ///< without leaves
};

/// Takes the lock until the end of the transaction. False when another process holds it.
[[nodiscard]] bool try_lock_sealing(db::Connection& database);
[[nodiscard]] SealingSnapshot sealing_snapshot(db::Connection& database);

/// The records that a seal covers: those of transactions that `before` does not cover and `next` does (by its
/// xid_below and open).
struct SealingRange {
  const model::AuditSeal& before;
  const model::AuditSeal& next;
};

/// The transaction of the record at the offset `after`, in the order of transactions; nothing beyond the end.
[[nodiscard]] std::optional<std::uint64_t> unsealed_transaction_at(db::Connection& database,
                                                                   const SealingRange& range,
                                                                   std::int64_t after);

/// The latest time of any record.
[[nodiscard]] std::optional<Timestamp> latest_record(db::Connection& database);

void insert_seal(db::Connection& database, const model::AuditSeal& seal);

/// Records that a new era of the audit log begins, and why.
void record_era(db::Connection& database, std::string_view reason, const model::AuditStamp& stamp);

/// Records that the operator exported the audit log.
void record_audit_export(db::Connection& database, const model::AuditStamp& stamp);

struct Head {
  model::AuditSeal seal;           ///< without leaves
  std::int64_t total_records = 0;  ///< in this seal and all earlier ones
};

[[nodiscard]] std::optional<Head> newest_seal(db::Connection& database);

struct SealState {
  std::optional<Head> newest;
  std::chrono::microseconds lag{};  ///< the age of the oldest unsealed record
};

// For administrators: recorded as audit.read. 401 invalid_token when the session has ended; 403 forbidden
// (recorded) when the user is no longer an administrator.

[[nodiscard]] Result<SealState> read_seal_state(db::Connection& database, const Administer& access,
                                                const model::AuditStamp& stamp);
/// Before the proof of that record is read.
[[nodiscard]] Result<Done> record_proof_read(db::Connection& database, const Administer& access,
                                             const AuditId& record, const model::AuditStamp& stamp);

/// Records that the head was printed, or mailed if `mail` is not null: the same statement queues the mail.
void record_head(db::Connection& database, std::int64_t number, const SealedMail* mail,
                 const model::AuditStamp& stamp);

/// Where a record is searched by its id, which has no index of its own: within a day of the time in the id,
/// and then in the whole log, or not.
enum class IdSearch : std::uint8_t { whole_log, near_its_time };

/// All records with that id. There is one, unless the database was tampered with.
[[nodiscard]] std::vector<model::SealableRecord> records_with_id(db::Connection& database, const AuditId& id,
                                                                 IdSearch search = IdSearch::whole_log);

/// The first seal whose leaves contain the bytes, at any offset; with its leaves. With a time, only seals
/// whose first and last records enclose it are searched.
[[nodiscard]] std::optional<model::AuditSeal> seal_containing(db::Connection& database,
                                                              std::string_view bytes,
                                                              const std::optional<Timestamp>& between);

/// The number of the first seal of that era that covers the transaction's records.
[[nodiscard]] std::optional<std::int64_t> seal_covering(db::Connection& database, std::int32_t era,
                                                        std::uint64_t transaction);

/// The time of the last seal before that number that was created before the transaction began.
[[nodiscard]] std::optional<Timestamp> last_sealed_before(db::Connection& database, std::int64_t number,
                                                          std::int32_t era, std::uint64_t transaction);

/// The audit records of dropped months.
[[nodiscard]] std::vector<model::SealableRecord> month_drop_records(db::Connection& database);

/// The id of a record whose time is before year 1 or after 9999, if there is one.
[[nodiscard]] std::optional<AuditId> record_with_invalid_time(db::Connection& database);

}  // namespace taskward::store
