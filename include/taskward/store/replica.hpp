// Reads of tasks from a replica: a hot standby, which lags behind the primary.
//
// The statement is sent to the replica. At the same time the primary is asked whether the access is permitted
// and whether the caller has changed tasks in a transaction that the replica may lack. Only if it has none
// are the replica's rows used, so every caller reads what they have written, and a session that was ended
// reads nothing.
//
// How far a replica is, is the oldest transaction that was in progress or to come when it took its snapshot
// (pg_snapshot_xmin): all before it have ended there. A position in the WAL would have to be compared in a
// statement before the one that reads, and the commit of a transaction has none before it ends.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "taskward/base/log.hpp"
#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/metrics.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::store {

/// Until when the threads of a process do not use their replicas.
struct ReplicaPause {
  std::atomic<std::chrono::steady_clock::time_point> until{};
};

/// A connection to a replica. Not thread-safe.
class Replica {
 public:
  using Steady = std::chrono::steady_clock;

  /// Waits this long for a replica, in place of DATABASE_TIMEOUT.
  static constexpr std::chrono::milliseconds kLimit{2000};
  /// After a failure, and after a replica was found to be far behind.
  static constexpr std::chrono::milliseconds kPauseFailed{10'000}, kPauseFarBehind{100};
  /// A replica is far behind if it may lack as many audit records: looking through more costs more than it
  /// gains.
  static constexpr int kFarBehind = 200;

  Replica(db::ConnectionOptions options, const Log& log, ReplicaPause& pause, model::Meter& meter);

  /// False during a pause.
  [[nodiscard]] bool is_usable() const { return Steady::now() >= pause_.until.load(); }

  /// The rows of a statement of that access, which begins with the CTE `caller` and only reads, if the
  /// replica can answer; otherwise nothing, and the primary must be asked. Failures of the replica are logged
  /// and counted. 401 invalid_token, 403 forbidden. Throws as `primary` does.
  [[nodiscard]] Result<std::optional<db::Rows>> read(db::Connection& primary, const model::Bearer& access,
                                                     const db::Query& query);

 private:
  /// How far the replica is.
  struct Position {
    std::uint64_t xmin = 0;
    std::string timeline;       ///< 8 hexadecimal digits
    std::string last_replayed;  ///< when the last transaction was committed that it has; may be -infinity
    Steady::time_point read_at;
  };

  static Position position_from(const db::Rows& rows);
  void greet(db::Connection& connection);
  /// Connects, and reads the position if it is not recent.
  void refresh();
  void pause(std::chrono::milliseconds length) { pause_.until.store(Steady::now() + length); }

  const Log& log_;
  ReplicaPause& pause_;
  model::Meter& meter_;
  // Of the connection, from its greeting on.
  std::string cluster_;
  bool is_of_primary_ = false;
  std::optional<Position> position_;
  db::Connection connection_;  // last: its greeting uses the others
};

/// The rows of such a statement from the replica, if there is one that can answer, or from the primary.
[[nodiscard]] Result<db::Rows> read_tasks(db::Connection& primary, Replica* replica,
                                          const model::Bearer& access, const db::Query& query);

/// Whether the server is a hot standby of the primary.
[[nodiscard]] bool is_standby_of(db::Connection& replica, db::Connection& primary);

/// Whether the replica has replayed within that time what the primary has written now.
[[nodiscard]] bool catches_up(db::Connection& replica, db::Connection& primary,
                              std::chrono::milliseconds limit);

}  // namespace taskward::store
