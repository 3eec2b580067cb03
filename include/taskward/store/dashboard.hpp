// The administrators' dashboard.
#pragma once

#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/account.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/store/actor.hpp"

namespace taskward::store {

/// Recorded. 401 invalid_token when the session has ended; 403 forbidden (recorded) when the user is no
/// longer an administrator.
[[nodiscard]] Result<model::Dashboard> read_dashboard(db::Connection& database, const Administer& access,
                                                      const model::AuditStamp& stamp);

/// The last `days` days, oldest first, including today. Recorded as dashboard.read; errors as above.
[[nodiscard]] Result<std::vector<model::DayStatistics>> read_statistics(db::Connection& database,
                                                                        const Administer& access, int days,
                                                                        const model::AuditStamp& stamp);

}  // namespace taskward::store
