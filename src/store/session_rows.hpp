// The one reader of sessions as they are shown.
#pragma once

#include "taskward/db/rows.hpp"
#include "taskward/model/session.hpp"

namespace taskward::store {

/// Reads id, method, the times of its beginning, last use and end, address and agent.
inline model::Session session_from(db::RowReader& row) {
  model::Session session;
  session.id = row.id<SessionId>();
  session.method = row.text();
  session.created_at = row.timestamp();
  session.last_used_at = row.timestamp();
  session.expires_at = row.timestamp();
  session.client_address = row.text_or_null();
  session.user_agent = row.text_or_null();
  return session;
}

}  // namespace taskward::store
