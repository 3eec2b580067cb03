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

// On a replica. The timeline is that of the last restart point, so it changes some time after a failover; on
// a primary it is 0.
const Statement position{"read_replica_position", Effect::reads, R"(
select pg_snapshot_xmin(pg_current_snapshot())::text, upper(lpad(to_hex(r.min_recovery_end_timeline), 8, '0')),
       coalesce(pg_last_xact_replay_timestamp(), '-infinity')::text
  from pg_control_recovery() r)"};

constexpr std::string_view kNoTimeline = "00000000";

const Statement cluster{"read_cluster", Effect::reads, "select taskward.this_cluster()"};

// On the primary. $1..$3 caller, $4 to $6 the position. Transactions that the replica may lack began less
// than a day before the last that it has, so their records are in the last partitions. Records that were
// restored from another cluster have the ids of its transactions, of which most are above those of this one.
// Two histories that parted have different timelines. The value of xmin is in a query of its own, so that
// the planner does not expect fewer rows for it than for any other, and keep no plan.
const Statement admission{
    "admit_to_replica", Effect::reads,
    std::string(kCaller) + filled(R"(
select c.permitted,
       n.newer < {far} and case when pg_is_in_recovery() then false
                                else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) = $5::text end,
       n.own = 0
  from caller c cross join lateral (
    select count(*) as newer,
           count(*) filter (where a.actor_id = c.id and a.action like 'task.%' and a.action <> {export}) as own
      from (select a.actor_id, a.action from taskward.audit a
             where a.xid >= (select $4::text::xid8) and a.xid < pg_snapshot_xmax(pg_current_snapshot())
               and a.at > $6::text::timestamptz - interval '1 day'
             order by a.xid limit {far}) a) n)",
                                  {{"far", std::to_string(Replica::kFarBehind)},
                                   {"export", quoted(model::AuditAction::task_export)}})};

const Statement written{"read_wal_position", Effect::reads, "select pg_current_wal_flush_lsn()::text"};

// $1 a position in the WAL.
const Statement replayed{"has_replayed", Effect::reads,
                         "select coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)"};

std::string cluster_of(db::Connection& server) { return server.run(cluster, Params()).row(0).text(); }

}  // namespace

StatementList replica_statements() { return {&position, &cluster, &admission, &written, &replayed}; }

Replica::Replica(db::ConnectionOptions options, const Log& log, ReplicaPause& pause, model::Meter& meter)
    : log_(log),
      pause_(pause),
      meter_(meter),
      connection_(std::move(options), log, [this](db::Connection& connection) { greet(connection); }) {}

Replica::Position Replica::position_from(const Rows& rows) {
  db::RowReader row = rows.row(0);
  Position read;
  const std::string_view xmin = row.view();
  std::from_chars(xmin.data(), xmin.data() + xmin.size(), read.xmin);
  read.timeline = row.text();
  read.last_replayed = row.text();
  read.read_at = Steady::now();
  return read;
}

void Replica::greet(db::Connection& connection) {
  check_schema(connection);
  cluster_ = cluster_of(connection);
  is_of_primary_ = false;
  position_ = position_from(connection.run(position, Params()));
}

void Replica::refresh() {
  if (connection_.is_connected() && position_ && Steady::now() - position_->read_at <= kPositionAge) return;
  position_ = position_from(connection_.run_within(kLimit, position, Params()));
  if (position_->timeline == kNoTimeline) throw std::runtime_error("it is not a standby");
}

Result<std::optional<Rows>> Replica::read(db::Connection& primary, const model::Bearer& access,
                                          const Query& query) {
  const auto count = [this](std::string_view result) {
    meter_.add(Metric::replica_reads, {result});
    return std::optional<Rows>();
  };
  const auto fail = [&](const std::exception& fault) {
    pause(kPauseFailed);
    log_.line(LogLevel::warning, "replica_failed").field("reason", fault.what());
    return count("failed");
  };
  if (!is_usable()) return std::optional<Rows>();
  try {
    refresh();
  } catch (const std::runtime_error& fault) {
    return fail(fault);
  }
  if (!is_of_primary_) is_of_primary_ = cluster_of(primary) == cluster_;
  static const Params none;
  try {
    if (!is_of_primary_) throw std::runtime_error("it is not a standby of the database in DATABASE_URL");
    connection_.send_reads(kLimit, {position, none}, query);
  } catch (const std::runtime_error& fault) {
    return fail(fault);
  }

  const Position asked = *position_;
  const std::string xmin = std::to_string(asked.xmin);
  Params params;
  add_caller(params, access);
  params.text(xmin).text(asked.timeline).text(asked.last_replayed);
  std::optional<Rows> admitted;
  try {
    admitted = primary.run(admission, params);
  } catch (...) {
    connection_.disconnect();
    throw;
  }
  std::optional<Rows> rows;
  try {
    auto [at, read] = connection_.receive_reads();
    position_ = position_from(at);
    rows = std::move(read);
  } catch (const db::NotLocked&) {
    rows = count("cancelled");
  } catch (const std::runtime_error& fault) {
    rows = fail(fault);
  }
  auto row = permitted_row(*admitted);
  if (!row) return std::move(row).error();
  if (!rows) return rows;
  if (!row->boolean()) {
    pause(kPauseFarBehind);
    return count("far_behind");
  }
  // The server that answers need not be the one that was asked for its position: the connection may be a new
  // one, or a pooler's.
  const bool has_all = row->boolean() && is_of_primary_ && position_->timeline == asked.timeline &&
                       position_->xmin >= asked.xmin;
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

bool is_standby_of(db::Connection& replica, db::Connection& primary) {
  const Rows rows = replica.run(position, Params());
  db::RowReader row = rows.row(0);
  row.skip();
  return row.view() != kNoTimeline && cluster_of(replica) == cluster_of(primary);
}

bool catches_up(db::Connection& replica, db::Connection& primary, std::chrono::milliseconds limit) {
  const std::string at = primary.run(written, Params()).row(0).text();
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!replica.run(replayed, Params().text(at)).row(0).boolean()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace taskward::store
