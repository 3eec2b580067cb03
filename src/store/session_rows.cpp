#include "session_rows.hpp"

namespace taskward::store {

model::Session session_from(db::RowReader& row) {
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
