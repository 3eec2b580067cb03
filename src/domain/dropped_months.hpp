// Which records need not be there any more.
#pragma once

#include <chrono>
#include <optional>

#include "taskward/db/connection.hpp"
#include "taskward/store/audit_seals.hpp"

namespace taskward::domain {

/// The end of the latest month that was dropped as it should be: a sealed record says so, which was written
/// when the month was older than records are kept. Everything before may be gone, because months are dropped
/// in their order, and the records of earlier drops with them. Nothing when records are kept for ever.
[[nodiscard]] std::optional<Timestamp> dropped_before(db::Connection& database,
                                                      const store::SealingGround& ground,
                                                      std::chrono::months retention);

}  // namespace taskward::domain
