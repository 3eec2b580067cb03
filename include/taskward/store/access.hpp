// Checks an access for requests that are refused before a statement of their own checks it, so that an
// unauthorized client receives 401 or 403 rather than the errors in its request.
#pragma once

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::store {

/// 401 invalid_token when the session has ended or the user is inactive, 403 forbidden (recorded)
/// when the user's current role does not hold the permission.
[[nodiscard]] Result<Done> check_access(db::Connection& database, const model::Bearer& access,
                                        const model::AuditStamp& stamp);

}  // namespace taskward::store
