// The monthly partitions of the audit log. The partition of a month (UTC) is created in advance, indexed
// when the month has ended, and dropped as a whole. The retention period is stored in the database, so that
// all hosts use the same one; `taskward migrate` sets it to AUDIT_RETENTION.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/ids.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::store {

/// Partitions exist for the current month and this many months after it.
inline constexpr int kAuditMonthsAhead = 1;

/// Creates the missing partitions, and returns how many. Throws db::NotLocked after waiting one second for a
/// lock.
int make_audit_months(db::Connection& database);

/// Drops the oldest month beyond the retention period if all of it is sealed, and records that under the id.
/// Returns the month ("2026-01"), or nothing when there is none. Throws db::NotLocked after waiting 200 ms
/// for a lock.
[[nodiscard]] std::optional<std::string> drop_old_audit(db::Connection& database, const AuditId& record);

/// Drops an index that only workers of the release before need, an hour after the migration. True if it did.
/// Throws db::NotLocked after waiting 200 ms for a lock.
[[nodiscard]] bool drop_former_audit_index(db::Connection& database);

/// An index that a month lacks which ended more than ten minutes ago.
struct MissingAuditIndex {
  std::string month;  ///< its partition
  std::string name;
};
/// In the order in which they should be built: the oldest month first.
[[nodiscard]] std::vector<MissingAuditIndex> missing_audit_indexes(db::Connection& database);

/// Builds such an index. False when it is not missing, or another process builds one. It takes as long as it
/// takes, unless `give_up` says so. Throws db::NotLocked after waiting two seconds for a lock.
[[nodiscard]] bool index_audit_month(db::Connection& database, const std::string& name,
                                     const GiveUp& give_up);

/// Deletes the leaves of up to kForgetBatch seals whose records have been dropped. True when there may be
/// more.
inline constexpr int kForgetBatch = 500;
[[nodiscard]] bool forget_audit_leaves(db::Connection& database);

/// The retention period; zero means unlimited. `connection` may be the owner's.
[[nodiscard]] std::chrono::months audit_retention(db::Connection& connection);

/// Sets the retention period, and records a change under the id. True if it was different. Requires the
/// owner's role.
bool set_audit_retention(db::Connection& connection, std::chrono::months retention, const AuditId& record);

}  // namespace taskward::store
