// Reading sessions as they are shown to users and administrators.
#pragma once

#include <string>
#include <string_view>

#include "taskward/db/params.hpp"
#include "taskward/db/rows.hpp"
#include "taskward/model/session.hpp"
#include "taskward/store/logins.hpp"

namespace taskward::store {

/// SQL: session_amr and session_authenticated_at, how and when the session s was last authenticated. Sessions
/// of older releases have neither stored.
[[nodiscard]] std::string authentication_columns(std::string_view alias);
[[nodiscard]] model::Authentication authentication_from(db::RowReader& row);

/// The CTE `name`, which inserts a session for each row of `from`: the account a. `method` and `amr` are SQL.
/// $3 is the client's address and $4 its user agent; from $first on the session's id, the hash of its refresh
/// token, and its lifetime in seconds (add_new_session).
[[nodiscard]] std::string start_session(std::string_view name, const std::string& method,
                                        const std::string& amr, int first, const std::string& from);
void add_new_session(db::Params& params, const NewSession& session);

/// Reads user_columns() and authentication_columns().
[[nodiscard]] model::LiveSession live_session_from(db::RowReader& row);

/// Reads id, method, created_at, last_used_at, expires_at, client address, user agent, and
/// authentication_columns().
[[nodiscard]] model::Session session_from(db::RowReader& row);

}  // namespace taskward::store
