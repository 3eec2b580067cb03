#include "taskward/store/replica.hpp"

#include <charconv>
#include <stdexcept>
#include <thread>
#include <utility>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Query;
using db::Rows;
using db::Statement;
using model::Metric;

/// An older position is read again before it is compared: it would make the replica look further behind.
constexpr std::chrono::milliseconds kPositionAge{20};

// A restored dump is in another cluster, or in another database of the same: its files are in a directory
// that is named by its oid. Both cost less than a query of pg_database.
constexpr std::string_view kDatabase =
    "(pg_control_system()).system_identifier || '/' ||"
    " split_part(pg_relation_filepath('taskward.audit_seals'), '/', -2)";

constexpr std::string_view kTimeline =
    "case when pg_is_in_recovery() then '' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end";
// That of the last restart point, so it changes some time after a failover.
constexpr std::string_view kReplicaTimeline =
    "case when pg_is_in_recovery() then"
    " upper(lpad(to_hex((pg_control_recovery()).min_recovery_end_timeline), 8, '0')) else '' end";

const Statement position{
    "read_replica_position", Effect::reads,
    filled(R"(
select pg_snapshot_xmin(pg_current_snapshot())::text, {database}, {timeline},
       coalesce(extract(epoch from pg_last_xact_replay_timestamp())::text, '-infinity'))",
           {{"database", std::string(kDatabase)}, {"timeline", std::string(kReplicaTimeline)}})};

const Statement primary_state{
    "read_primary_state", Effect::reads,
    filled(R"(
select {database}, {timeline},
       case when pg_is_in_recovery() then '0/0' else pg_current_wal_flush_lsn()::text end)",
           {{"database", std::string(kDatabase)}, {"timeline", std::string(kTimeline)}})};

// On the primary. $1..$3 caller, $4 to $7 the position. Transactions that the replica may lack began less
// than a day before the last that it has, so their records are in the last partitions. Records that were
// restored from another cluster have the ids of its transactions, of which most are above those of this one.
// After a failover the histories on both sides have different timelines; a copy of the files that runs as a
// server of its own cannot be told from the primary. The value of xmin is in a query of its own, so that the
// planner does not expect fewer rows for it than for any other, and keep no plan.
const Statement admission{
    "admit_to_replica", Effect::reads,
    std::string(kCaller) + filled(R"(
select c.permitted, $5::text = {database},
       n.newer < {far} and {timeline} = $6::text,
       n.own = 0
  from caller c cross join lateral (
    select count(*) as newer,
           count(*) filter (where a.actor_id = c.id and a.action like 'task.%' and a.action <> {export}) as own
      from (select a.actor_id, a.action from taskward.audit a
             where a.xid >= (select $4::text::xid8) and a.xid < pg_snapshot_xmax(pg_current_snapshot())
               and a.at > to_timestamp($7::text::double precision) - interval '1 day'
             order by a.xid limit {far}) a) n)",
                                  {{"database", std::string(kDatabase)},
                                   {"timeline", std::string(kTimeline)},
                                   {"far", std::to_string(Replica::kFarBehind)},
                                   {"export", quoted(model::AuditAction::task_export)}})};

// $1 a position in the WAL, $2 a timeline.
const Statement replayed{"has_replayed", Effect::reads,
                         "select coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false) and " +
                             std::string(kReplicaTimeline) + " = $2::text"};

/// The meter of the primary's connection does not count the replica's.
db::ConnectionOptions of_replica(db::ConnectionOptions options) {
  options.meter = nullptr;
  options.tcp_user_timeout = Replica::kLimit / 2;
  return options;
}

}  // namespace

StatementList replica_statements() { return {&position, &primary_state, &admission, &replayed}; }

ReplicaPause::Use::Use(ReplicaPause& pause) noexcept : pause_(pause) {
  Time end_of_pause = pause_.until.load();
  is_trial_ = end_of_pause != kNone && std::chrono::steady_clock::now() >= end_of_pause &&
              pause_.until.compare_exchange_strong(end_of_pause, kTrial);
  is_possible_ = is_trial_ || end_of_pause == kNone;
}

ReplicaPause::Use::~Use() {
  if (is_trial_) pause_.until = std::chrono::steady_clock::now();
}

void ReplicaPause::Use::succeed() noexcept {
  if (is_trial_) pause_.until = kNone;
  is_trial_ = false;
}

void ReplicaPause::Use::pause(std::chrono::milliseconds length) noexcept {
  const Time end = std::chrono::steady_clock::now() + length;
  if (is_trial_) {
    is_trial_ = false;
    pause_.until = end;
    return;
  }
  Time end_of_pause = pause_.until.load();
  while (end_of_pause < end && !pause_.until.compare_exchange_weak(end_of_pause, end)) {
  }
}

Replica::Replica(db::ConnectionOptions options, const Log& log, ReplicaPause& pause, model::Meter& meter)
    : log_(log),
      pause_(pause),
      meter_(meter),
      connection_(of_replica(std::move(options)), log, check_schema) {}

Replica::Position Replica::position_from(const Rows& rows, Steady::time_point asked_at) {
  db::RowReader row = rows.row(0);
  Position read;
  const std::string_view xmin = row.view();
  std::from_chars(xmin.data(), xmin.data() + xmin.size(), read.xmin);
  read.database = row.text();
  read.timeline = row.text();
  read.last_replayed = row.text();
  read.asked_at = asked_at;
  return read;
}

void Replica::refresh() {
  const auto now = Steady::now();
  if (!position_ || !connection_.is_connected() || now - position_->asked_at > kPositionAge)
    position_ = position_from(connection_.run_within(kLimit, position, Params()), now);
  if (position_->timeline.empty()) throw std::runtime_error("it is not a standby");
}

Result<std::optional<Rows>> Replica::read(db::Connection& primary, const model::Bearer& access,
                                          const Query& query) {
  ReplicaPause::Use use(pause_);
  if (!use.is_possible()) return std::optional<Rows>();
  const auto count = [this](std::string_view result) {
    meter_.add(Metric::replica_reads, {result});
    return std::optional<Rows>();
  };
  // The connection is closed, since the next may be to another server: that of a standby outlives its
  // promotion.
  const auto fail = [&](std::string_view reason) {
    connection_.disconnect();
    position_.reset();
    known_database_.clear();
    use.pause(kPauseFailed);
    log_.line(LogLevel::warning, "replica_failed").field("reason", reason);
    return count("failed");
  };
  constexpr std::string_view of_another = "it is not a standby of the database in DATABASE_URL";
  try {
    refresh();
  } catch (const db::NotLocked&) {
    return count("cancelled");
  } catch (const std::runtime_error& fault) {
    return fail(fault.what());
  }
  // A server that never was one of this database does not receive what the caller searches for.
  if (known_database_ != position_->database) {
    if (state_of(primary).database != position_->database) return fail(of_another);
    known_database_ = position_->database;
  }
  static const Params none;
  const auto sent_at = Steady::now();
  try {
    connection_.send_reads(kLimit, {position, none}, query);
  } catch (const db::NotLocked&) {
    return count("cancelled");
  } catch (const std::runtime_error& fault) {
    return fail(fault.what());
  }

  const Position asked = *std::exchange(position_, std::nullopt);
  const std::string xmin = std::to_string(asked.xmin);
  Params params;
  add_caller(params, access);
  params.text(xmin).text(asked.database).text(asked.timeline).text(asked.last_replayed);
  const Rows admitted = primary.run(admission, params);

  const auto received_from = Steady::now();
  std::optional<Rows> rows;
  bool responds = false;
  try {
    position_ = position_from(connection_.receive_first_read(kLimit), sent_at);
    responds = true;
    const auto left = kLimit - (Steady::now() - received_from);
    rows = connection_.receive_last_read(std::chrono::ceil<std::chrono::milliseconds>(left));
  } catch (const db::NotLocked&) {
    rows = count("cancelled");
  } catch (const db::TimedOut& fault) {
    if (responds) {
      use.pause(kPauseSlow);
      rows = count("slow");
    } else {
      rows = fail(fault.what());
    }
  } catch (const std::runtime_error& fault) {
    rows = fail(fault.what());
  }
  auto row = permitted_row(admitted);
  if (!row) return std::move(row).error();
  if (!rows) return rows;
  if (!row->boolean()) return fail(of_another);
  if (!row->boolean()) {
    use.pause(kPauseFarBehind);
    return count("far_behind");
  }
  use.succeed();
  // The server that answers need not be the one that was asked for its position: the connection may be a new
  // one, or a pooler's.
  const bool has_all = row->boolean() && position_->database == asked.database &&
                       position_->timeline == asked.timeline && position_->xmin >= asked.xmin;
  // The session, or the role, may be newer than what the replica has.
  if (!has_all || rows->empty() || !rows->row(0).boolean()) return count("behind");
  count("answered");
  return rows;
}

Result<Rows> read_tasks(db::Connection& primary, Replica* replica, const model::Bearer& access,
                        const Query& query) {
  if (replica != nullptr) {
    auto read = replica->read(primary, access, query);
    if (!read) return std::move(read).error();
    if (*read) return std::move(**read);
  }
  return primary.run(query.statement, query.params);
}

PrimaryState state_of(db::Connection& primary) {
  const Rows rows = primary.run(primary_state, Params());
  db::RowReader row = rows.row(0);
  PrimaryState state;
  state.database = row.text();
  state.timeline = row.text();
  state.written = row.text();
  return state;
}

bool is_standby_of(db::Connection& replica, const PrimaryState& primary) {
  const Rows rows = replica.run(position, Params());
  db::RowReader row = rows.row(0);
  row.skip();
  return row.text() == primary.database && !row.text().empty();
}

bool catches_up(db::Connection& replica, const PrimaryState& primary, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!replica.run(replayed, Params().text(primary.written).text(primary.timeline)).row(0).boolean()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace taskward::store
