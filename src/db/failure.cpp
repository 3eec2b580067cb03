#include "taskward/db/failure.hpp"

namespace taskward::db {

Meaning meaning(std::string_view sqlstate) noexcept {
  const std::string_view kind = sqlstate.substr(0, 2);
  if (sqlstate == "40001" || sqlstate == "40P01") return Meaning::retry;
  // 08: connection exception; 57P01 to 57P05: shutdown, startup or termination of this session; 25006: the
  // server is a standby; 26000: a pooler lost the prepared statement.
  if (kind == "08" || sqlstate.starts_with("57P") || sqlstate == "25006" || sqlstate == "26000") {
    return Meaning::reconnect;
  }
  // 58: system error, such as a file or a library that cannot be read; XX: internal error, corrupted data.
  if (kind == "58" || kind == "XX") return Meaning::server_fault;
  if (sqlstate == "55P03") return Meaning::not_locked;
  // 53: out of disk, memory or connections; 57014: cancelled, also by a timeout;
  // 28: authentication failed; 3D000: no such database.
  if (kind == "53" || kind == "28" || sqlstate == "57014" || sqlstate == "3D000") return Meaning::unavailable;
  return Meaning::failed;
}

}  // namespace taskward::db
