// Whether an access still holds, for requests that are refused before they reach a statement of their
// own: who may not do a thing is told so, and not what is wrong with the body.
#pragma once

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::store {

/// 401 invalid_token when the session has ended or the user is inactive, 403 forbidden (audited) when
/// the role does not hold the permission now.
[[nodiscard]] Result<Done> check_access(db::Connection& database, const model::Bearer& access,
                                        const model::AuditStamp& stamp);

}  // namespace taskward::store
