// Reads of tasks from a replica: a hot standby, which lags behind the primary.
//
// The statement is sent to the replica. At the same time the primary is asked whether the access is
// permitted, whether the replica is one of this database, and whether the caller has changed tasks in a
// transaction that it may lack. Only if they have not are the replica's rows used, so every caller reads what
// they have written, and a session that was ended reads nothing.
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

/// Until when the threads of a process do not use their replicas. After a pause, one of them tries first.
/// Thread-safe.
struct ReplicaPause {
  using Time = std::chrono::steady_clock::time_point;
  static constexpr Time kNone = Time::min(), kTrial = Time::max();

  std::atomic<Time> until = kNone;

  /// The use of a replica by one thread, if there is no pause. The first after a pause is a trial: until it
  /// ends, the pause goes on for the others. If it says nothing of the replica, the next use is a trial.
  class Use {
   public:
    explicit Use(ReplicaPause& pause) noexcept;
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use();
    [[nodiscard]] bool is_possible() const noexcept { return is_possible_; }
    /// Ends the trial: there is no pause.
    void succeed() noexcept;
    /// Ends the trial. A longer pause goes on.
    void pause(std::chrono::milliseconds length) noexcept;

   private:
    ReplicaPause& pause_;
    bool is_trial_ = false;
    bool is_possible_ = false;
  };
};

/// A connection to a replica. Not thread-safe.
class Replica {
 public:
  using Steady = std::chrono::steady_clock;

  /// Waits this long for a connection, and for an answer, in place of DATABASE_TIMEOUT.
  static constexpr std::chrono::milliseconds kLimit{2000};
  /// After a failure, after a statement that took longer than the limit on a replica that responds, and after
  /// a replica was found to be far behind.
  static constexpr std::chrono::milliseconds kPauseFailed{10'000}, kPauseSlow{1000}, kPauseFarBehind{100};
  /// A replica is far behind if it may lack as many audit records: looking through more costs more than it
  /// gains.
  static constexpr int kFarBehind = 200;

  /// The meter counts reads; that of the options is not used, since what it counts is the primary's.
  Replica(db::ConnectionOptions options, const Log& log, ReplicaPause& pause, model::Meter& meter);

  /// False during a pause.
  [[nodiscard]] bool is_usable() const noexcept { return Steady::now() >= pause_.until.load(); }

  /// The rows of a statement of that access, which begins with the CTE `caller` and only reads, if the
  /// replica can answer; otherwise nothing, and the primary must be asked. Failures of the replica are logged
  /// and counted. 401 invalid_token, 403 forbidden. Throws as `primary` does.
  [[nodiscard]] Result<std::optional<db::Rows>> read(db::Connection& primary, const model::Bearer& access,
                                                     const db::Query& query);

 private:
  /// How far which replica is.
  struct Position {
    std::uint64_t xmin = 0;
    std::string database;       ///< the cluster and the database in it
    std::string timeline;       ///< 8 hexadecimal digits
    std::string last_replayed;  ///< when the last transaction was committed that it has; may be -infinity
    Steady::time_point asked_at;
  };

  static Position position_from(const db::Rows& rows, Steady::time_point asked_at);
  /// Connects, and reads the position if it is not recent.
  void refresh();

  const Log& log_;
  ReplicaPause& pause_;
  model::Meter& meter_;
  std::optional<Position> position_;
  std::string known_database_;  ///< the position's, once the primary had the same; until a failure
  db::Connection connection_;
};

/// The rows of such a statement from the replica, if there is one that can answer, or from the primary.
[[nodiscard]] Result<db::Rows> read_tasks(db::Connection& primary, Replica* replica,
                                          const model::Bearer& access, const db::Query& query);

struct PrimaryState {
  std::string database;  ///< the cluster and the database in it, which a standby has as well
  std::string timeline;  ///< empty: the server is in recovery
  std::string written;   ///< how far it has written its WAL
};
[[nodiscard]] PrimaryState state_of(db::Connection& primary);

/// Whether the server is a hot standby of the database.
[[nodiscard]] bool is_standby_of(db::Connection& replica, const PrimaryState& primary);

/// Whether the replica, within the limit, has replayed all that the primary had written, and is on its
/// timeline.
[[nodiscard]] bool catches_up(db::Connection& replica, const PrimaryState& primary,
                              std::chrono::milliseconds limit);

}  // namespace taskward::store
