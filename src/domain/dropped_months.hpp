// Which records may be missing because of the retention policy.
#pragma once

#include <chrono>
#include <optional>

#include "taskward/db/connection.hpp"
#include "taskward/store/audit_seals.hpp"

namespace taskward::domain {

/// The end of the latest month that was dropped legitimately: according to a sealed record that was written
/// after the month's retention period. All records before may be missing, because months are dropped in
/// order, together with the records about earlier drops. Nothing if records are kept forever.
[[nodiscard]] std::optional<Timestamp> dropped_before(db::Connection& database,
                                                      const store::SealingSnapshot& ground,
                                                      std::chrono::months retention);

}  // namespace taskward::domain
