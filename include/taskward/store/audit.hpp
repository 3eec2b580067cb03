// The audit record of refusals that touch nothing else. Deeds write theirs in their own statement.
#pragma once

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"

namespace taskward::store {

/// Somebody asked for what only a role they do not hold may do.
void record_denied(db::Connection& database, model::AuditAction asked, const model::AuditStamp& stamp);

}  // namespace taskward::store
