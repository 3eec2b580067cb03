// The audit record by months: each month (UTC) is a partition, made ahead of its time, and old ones are
// dropped as a whole. How long records are kept is the database's policy, so that no host drops more than
// another would; `taskward migrate` brings it to AUDIT_RETENTION.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "taskward/base/ids.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::store {

/// Partitions are there for so many months beside the current one.
inline constexpr int kAuditMonthsAhead = 1;

/// Makes the partitions that are missing, and says how many that were. Gives up after a second of waiting
/// for others: db::Unavailable.
int make_audit_months(db::Connection& database);

/// Drops the oldest month that the policy does not keep, once all of it is sealed, and records that under
/// the id. Gives the month ("2026-01"), or nothing when there is none. Gives up after a fifth of a second
/// of waiting for others: db::Unavailable.
[[nodiscard]] std::optional<std::string> drop_old_audit(db::Connection& database, const AuditId& record);

/// Forgets the leaves of some seals whose records have been dropped, and says whether there may be more.
inline constexpr int kForgetBatch = 500;
[[nodiscard]] bool forget_audit_leaves(db::Connection& database);

/// How long the database keeps records; none means for ever. `connection` may be the owner's.
[[nodiscard]] std::chrono::months audit_retention(db::Connection& connection);

/// Changes that, with a record under the id, and says whether it was another before. Needs the owner's role.
bool set_audit_retention(db::Connection& connection, std::chrono::months retention, const AuditId& record);

}  // namespace taskward::store
