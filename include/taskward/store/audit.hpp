// Audit records of refused and failed requests that have no statement of their own, and the caller's own
// events.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/audit_search.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::store {

/// Records that the caller's role does not permit the action.
void record_denied(db::Connection& database, model::AuditAction asked, const model::AuditStamp& stamp);

/// Records a failure that occurred before the action's own statement.
void record_failure(db::Connection& database, model::AuditAction action, const std::optional<UserId>& user,
                    std::string_view reason, const model::AuditStamp& stamp);

/// The caller's own security events, newest first: up to `limit`, after the position `before` if it is
/// present. Actions on tasks are not included. 401 invalid_token.
[[nodiscard]] Result<std::vector<model::AuditEvent>> list_activity(
    db::Connection& database, const model::Access<model::Permission::own_profile>& access, int limit,
    const std::optional<model::AuditPosition>& before);

}  // namespace taskward::store
