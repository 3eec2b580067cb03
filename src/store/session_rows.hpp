// Reading sessions as they are shown to users and administrators.
#pragma once

#include "taskward/db/rows.hpp"
#include "taskward/model/session.hpp"

namespace taskward::store {

/// Reads id, method, created_at, last_used_at, expires_at, client address and user agent.
[[nodiscard]] model::Session session_from(db::RowReader& row);

}  // namespace taskward::store
