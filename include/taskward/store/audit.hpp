// The audit record of refusals that touch nothing else. Deeds write theirs in their own statement.
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

/// Somebody asked for what only a role they do not hold may do.
void record_denied(db::Connection& database, model::AuditAction asked, const model::AuditStamp& stamp);

/// Somebody failed at something before a statement of its own could say so.
void record_failure(db::Connection& database, model::AuditAction action, const std::optional<UserId>& user,
                    std::string_view reason, const model::AuditStamp& stamp);

/// The caller's own security events, newest first: up to `limit`, from behind `before` if that is given.
/// What people do with their tasks is not among them. 401 invalid_token.
[[nodiscard]] Result<std::vector<model::AuditEvent>> list_activity(
    db::Connection& database, const model::Access<model::Permission::own_profile>& access, int limit,
    const std::optional<model::AuditPlace>& before);

}  // namespace taskward::store
