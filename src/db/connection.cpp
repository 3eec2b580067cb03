#include "taskward/db/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <utility>

#include "completion.hpp"
#include "connecting.hpp"
#include "peer_user.hpp"
#include "taskward/model/metrics.hpp"

namespace taskward::db {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string_view kind_of(const std::exception& failure) noexcept {
  if (dynamic_cast<const OutcomeUnknown*>(&failure) != nullptr) return "outcome_unknown";
  if (dynamic_cast<const ServerFault*>(&failure) != nullptr) return "server_fault";
  return dynamic_cast<const Unavailable*>(&failure) != nullptr ? "unavailable" : "failed";
}

/// Observes its own lifetime.
class Stopwatch {
 public:
  explicit Stopwatch(model::Meter& meter) : meter_(meter) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { meter_.observe(model::Metric::database_wait, SteadyClock::now() - begun_); }

 private:
  model::Meter& meter_;
  const SteadyClock::time_point begun_ = SteadyClock::now();
};

constexpr const char* kConflictText = "a conflict with another transaction";
constexpr std::chrono::seconds kGiveUpInterval{1};
constexpr std::chrono::seconds kProbeLimit{1};

/// When a statement exceeded DATABASE_TIMEOUT last, on any connection of this process.
std::atomic<SteadyClock::time_point> last_timeout = SteadyClock::time_point::min();

enum class Waited : std::uint8_t { ready, timed_out, lost };

/// Waits until PQgetResult does not block.
Waited wait_for_result(PGconn* connection, SteadyClock::time_point deadline) {
  while (PQisBusy(connection) != 0) {
    if (!wait_for(connection, POLLIN, deadline)) return Waited::timed_out;
    if (PQconsumeInput(connection) != 1) return Waited::lost;
  }
  return Waited::ready;
}

/// Sets a limit of the next statement for its own lifetime.
template <class Limit>
class LimitScope {
 public:
  LimitScope(Limit& limit, Limit value) : limit_(limit) { limit_ = value; }
  LimitScope(const LimitScope&) = delete;
  LimitScope& operator=(const LimitScope&) = delete;
  ~LimitScope() { limit_ = Limit(); }

 private:
  Limit& limit_;
};

}  // namespace

void Connection::Close::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

Connection::Connection(ConnectionOptions options, const Log& log, Greeting greeting)
    : options_(std::move(options)), log_(log), greeting_(std::move(greeting)) {
  check_conninfo(options_.conninfo);
}

Connection::~Connection() = default;

void Connection::disconnect() noexcept { connection_.reset(); }

int Connection::server_version() const noexcept { return PQserverVersion(connection_.get()); }

void Connection::connect() {
  if (connection_ != nullptr) return;
  if (SteadyClock::now() < next_try_) throw Unavailable("the last connection attempt failed a moment ago");
  // The conninfo may override what precedes dbname, and is overridden by what follows it.
  const std::string conninfo(options_.conninfo.reveal());
  const std::string tcp_user_timeout = std::to_string(options_.tcp_user_timeout.count());
  const std::array keywords{"connect_timeout",     "tcp_user_timeout", "keepalives_idle",
                            "keepalives_interval", "keepalives_count", "dbname",
                            "application_name",    "client_encoding",  static_cast<const char*>(nullptr)};
  const std::array values{"3",
                          tcp_user_timeout.c_str(),
                          "10",
                          "5",
                          "3",
                          conninfo.c_str(),
                          options_.application_name.c_str(),
                          "UTF8",
                          static_cast<const char*>(nullptr)};
  const auto begun = SteadyClock::now();
  const auto attempt = [&] {
    connection_.reset(deadline_ ? connect_until(keywords.data(), values.data(), *deadline_)
                                : PQconnectdbParams(keywords.data(), values.data(), 1));
  };
  peer_user_ = db::peer_user(conninfo);
  if (peer_user_) {
    const PeerUser user(*peer_user_);
    attempt();
  }
  // That user may not enter the directory of the socket.
  if (peer_user_ && message_of(connection_.get()).find("Permission denied") != std::string::npos)
    peer_user_.reset();
  if (!peer_user_) attempt();
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    const std::string why = connection_ == nullptr ? "timed out" : message_of(connection_.get());
    disconnect();
    // An unresponsive server blocks the thread for the whole attempt. The pause is longer than that, so that
    // most of the time is left for requests that need no database.
    const auto now = SteadyClock::now();
    next_try_ = now + std::max<SteadyClock::duration>(kRetryPause, 2 * (now - begun));
    throw Unavailable("cannot connect to the database: " + why);
  }
  session_ending_ = false;
  heard_ = SteadyClock::now();
  prepared_.clear();
  PQsetNoticeReceiver(connection_.get(), &Connection::on_notice, this);
  try {
    in_greeting_ = true;
    if (greeting_) greeting_(*this);
    in_greeting_ = false;
  } catch (...) {
    in_greeting_ = false;
    disconnect();
    next_try_ = SteadyClock::now() + kRetryPause;
    throw;
  }
  if (options_.meter != nullptr) options_.meter->add(model::Metric::database_connections);
  log_.line(LogLevel::info, "database_connected")
      .field("host", PQhost(connection_.get()))
      .field("port", PQport(connection_.get()))
      .field("server_version", server_version());
}

const std::string& Connection::prepare_on_first_use(const Statement& statement, const Form* form) {
  const StatementInForm key{&statement, form};
  const auto known = prepared_.find(key);
  if (known != prepared_.end()) {
    known->second.last_use = ++uses_;
    return known->second.name;
  }
  if (prepared_.size() >= kMaxPrepared) deallocate_least_recently_used();
  const Statement text = form == nullptr ? statement : in_form(statement, *form);
  if (PQsendPrepare(connection_.get(), text.name.c_str(), text.sql.c_str(), 0, nullptr) != 1) fail_to_send();
  finish(Effect::reads);
  return prepared_.emplace(key, Prepared{text.name, ++uses_}).first->second.name;
}

void Connection::deallocate_least_recently_used() {
  const auto oldest = std::min_element(prepared_.begin(), prepared_.end(), [](const auto& a, const auto& b) {
    return a.second.last_use < b.second.last_use;
  });
  const std::string sql = "deallocate \"" + oldest->second.name + '"';
  prepared_.erase(oldest);
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) fail_to_send();
  finish(Effect::reads);
}

Rows Connection::run(const Statement& statement, const Params& params) {
  try {
    return run_uncounted(statement, params);
  } catch (const std::exception& failure) {
    if (options_.meter != nullptr) options_.meter->add(model::Metric::database_errors, {kind_of(failure)});
    throw;
  }
}

Rows Connection::run_within(std::chrono::milliseconds limit, const Statement& statement,
                            const Params& params) {
  const LimitScope scope(deadline_, std::optional(SteadyClock::now() + limit));
  return run(statement, params);
}

Rows Connection::run_unless(const GiveUp& give_up, const Statement& statement, const Params& params) {
  const LimitScope scope(give_up_, &give_up);
  return run(statement, params);
}

Rows Connection::run_uncounted(const Statement& statement, const Params& params) {
  bool lost_before = false;
  for (int attempt = 1;; ++attempt) {
    try {
      ensure_connected(statement.effect);
      return run_once(statement, params);
    } catch (const StatementFailed& failure) {
      throw StatementFailed("statement " + statement.name + ": " + failure.what(), failure.sqlstate());
    } catch (const Conflict&) {
      if (in_transaction_ || attempt == kConflictTries) {
        throw NotLocked("statement " + statement.name + " conflicted at every attempt");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1 << attempt));
    } catch (const ConnectionLost&) {
      if (in_transaction_ || statement.effect == Effect::writes || lost_before) throw;
      lost_before = true;
    }
  }
}

Rows Connection::run_once(const Statement& statement, const Params& params) {
  replication_in_doubt_ = false;
  if (!send(statement, params)) fail_to_send();
  if (options_.meter == nullptr) return finish(statement.effect);
  const Stopwatch stopwatch(*options_.meter);
  return finish(statement.effect);
}

void Connection::send_reads(std::chrono::milliseconds limit, const Query& first, const Query& second) {
  const LimitScope scope(deadline_, std::optional(SteadyClock::now() + limit));
  try {
    ensure_connected(Effect::reads);
    if (options_.preparation == Preparation::on_first_use) {
      for (const Query* const one : {&first, &second})
        static_cast<void>(prepare_on_first_use(one->statement, one->params.form()));
    }
    PGconn* const connection = connection_.get();
    if (PQenterPipelineMode(connection) != 1 || !send(first.statement, first.params) ||
        PQsendFlushRequest(connection) != 1 || !send(second.statement, second.params) ||
        PQpipelineSync(connection) != 1)
      fail_to_send();
  } catch (...) {
    abandon_reads();
  }
}

Rows Connection::receive_read(std::chrono::milliseconds limit, bool is_last) {
  const LimitScope scope(deadline_, std::optional(SteadyClock::now() + limit));
  try {
    Rows rows = finish(Effect::reads);
    if (is_last) end_pipeline();
    return rows;
  } catch (...) {
    abandon_reads();
  }
}

void Connection::abandon_reads() {
  disconnect();
  try {
    throw;
  } catch (const Conflict&) {
    throw NotLocked(kConflictText);
  }
}

void Connection::end_pipeline() {
  if (wait_for_result(connection_.get(), *deadline_) == Waited::timed_out) time_out(Effect::reads);
  const std::unique_ptr<PGresult, decltype(&PQclear)> end(PQgetResult(connection_.get()), &PQclear);
  if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(connection_.get()) != 1)
    throw ConnectionLost("connection lost: " + message_of(connection_.get()));
}

// Part of the message may have been sent if this fails, but the server never executes an incomplete message.
bool Connection::send(const Statement& statement, const Params& params) {
  constexpr int binary = 1;
  if (options_.preparation == Preparation::on_first_use) {
    const std::string& name = prepare_on_first_use(statement, params.form());
    return PQsendQueryPrepared(connection_.get(), name.c_str(), params.count(), params.values(),
                               params.lengths(), params.formats(), binary) == 1;
  }
  const auto send_text = [&](const std::string& sql) {
    return PQsendQueryParams(connection_.get(), sql.c_str(), params.count(), nullptr, params.values(),
                             params.lengths(), params.formats(), binary) == 1;
  };
  return params.form() == nullptr ? send_text(statement.sql)
                                  : send_text(in_form(statement, *params.form()).sql);
}

Rows Connection::finish(Effect effect) {
  auto deadline = SteadyClock::now() + options_.timeout;
  if (deadline_) deadline = std::min(deadline, *deadline_);
  if (give_up_ != nullptr) deadline = SteadyClock::now() + kGiveUpInterval;
  Completion completion;
  completion.effect = effect;
  std::unique_ptr<PGresult, decltype(&PQclear)> result(nullptr, &PQclear);
  while (true) {
    const Waited waited = wait_for_result(connection_.get(), deadline);
    if (waited == Waited::timed_out) {
      if (give_up_ == nullptr || (*give_up_)()) time_out(effect);
      deadline = SteadyClock::now() + kGiveUpInterval;
      continue;
    }
    completion.is_connection_lost = waited == Waited::lost;
    if (completion.is_connection_lost) break;
    PGresult* const next = PQgetResult(connection_.get());
    if (next == nullptr) break;
    // Of several statements the first error is reported; FATAL is never hidden by an earlier one.
    if (!completion.has_failed || ends_session(next)) {
      result.reset(next);
      note_result(completion, next);
    } else {
      PQclear(next);
    }
  }
  if (result == nullptr || PQstatus(connection_.get()) != CONNECTION_OK) completion.is_connection_lost = true;
  if (completion.is_connection_lost && completion.sqlstate.empty())
    completion.text = "connection lost: " + message_of(connection_.get());
  completion.is_replication_in_doubt = replication_in_doubt_;
  const bool is_unusable = completion.is_connection_lost ||
                           (completion.has_failed && meaning(completion.sqlstate) == Meaning::reconnect);
  if (is_unusable) close_lost();
  heard_ = SteadyClock::now();
  require_success(completion);
  return Rows(result.release());
}

void Connection::time_out(Effect effect) {
  // The limit of one statement, or giving up, says nothing about the server.
  if (give_up_ == nullptr && !deadline_) last_timeout = SteadyClock::now();
  disconnect();
  const std::string text(give_up_ != nullptr ? "no longer waiting for a response"
                         : deadline_         ? "no response within the time limit"
                                             : "no response within DATABASE_TIMEOUT");
  if (effect == Effect::writes) throw OutcomeUnknown(text);
  throw TimedOut(text);
}

void Connection::fail_to_send() {
  const std::string text = "sending failed: " + message_of(connection_.get());
  disconnect();
  throw ConnectionLost(text);
}

void Connection::ensure_connected(Effect effect) {
  // The next rows on it would be those of reads that were sent and not received.
  if (connection_ != nullptr && PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF) disconnect();
  if (in_transaction_) {
    // On a new connection the rest of the transaction would take effect without its beginning.
    if (connection_ == nullptr) throw Unavailable("the transaction was lost with its connection");
    return;
  }
  if (in_greeting_) return;
  // A read is repeated when the connection turns out to be lost, which saves a system call for each.
  if (effect == Effect::writes) notice_loss();
  if (connection_ != nullptr && heard_ < last_timeout.load() && !responds()) close_lost();
  connect();
}

// A host that is lost closes no connection. Without this, a statement on each connection to it would time
// out.
bool Connection::responds() {
  PGconn* const connection = connection_.get();
  auto deadline = SteadyClock::now() + kProbeLimit;
  if (deadline_) deadline = std::min(deadline, *deadline_);
  if (PQsendQuery(connection, "") != 1) return false;
  while (wait_for_result(connection, deadline) == Waited::ready) {
    PGresult* const result = PQgetResult(connection);
    if (result == nullptr) {
      heard_ = SteadyClock::now();
      return PQstatus(connection) == CONNECTION_OK && !session_ending_;
    }
    PQclear(result);
  }
  return false;
}

void Connection::notice_loss() {
  if (connection_ == nullptr) return;
  // A closed socket is detected without a round trip, so no write is sent on a connection that is known to be
  // lost, which would leave its outcome unknown.
  pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
  if (::poll(&socket, 1, 0) <= 0) return;
  // The server announces the end of a session before it closes the socket; PQisBusy passes that to on_notice.
  const bool broken = PQconsumeInput(connection_.get()) != 1 || PQisBusy(connection_.get()) != 0 ||
                      PQstatus(connection_.get()) != CONNECTION_OK;
  if (broken || session_ending_) close_lost();
}

void Connection::close_lost() {
  log_.line(LogLevel::warning, "database_connection_lost")
      .field("host", PQhost(connection_.get()))
      .field("port", PQport(connection_.get()));
  disconnect();
}

void Connection::execute(const std::string& sql) {
  ensure_connected(Effect::writes);
  replication_in_doubt_ = false;
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) fail_to_send();
  static_cast<void>(finish_once());
}

Rows Connection::query(const std::string& sql, const Params& params) {
  ensure_connected(Effect::writes);
  replication_in_doubt_ = false;
  if (PQsendQueryParams(connection_.get(), sql.c_str(), params.count(), nullptr, params.values(),
                        params.lengths(), params.formats(), 1) != 1) {
    fail_to_send();
  }
  return finish_once();
}

void Connection::copy_in(const std::string& sql, const std::function<std::string_view()>& next) {
  ensure_connected(Effect::writes);
  replication_in_doubt_ = false;
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) fail_to_send();
  {
    const std::unique_ptr<PGresult, decltype(&PQclear)> begun(PQgetResult(connection_.get()), &PQclear);
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) {
      Completion completion;
      note_result(completion, begun.get());
      while (PGresult* const rest = PQgetResult(connection_.get())) PQclear(rest);
      if (!completion.is_connection_lost) throw StatementFailed(completion.text, completion.sqlstate);
      disconnect();
      throw ConnectionLost(completion.text);
    }
  }
  try {
    for (std::string_view part = next(); !part.empty(); part = next()) {
      if (PQputCopyData(connection_.get(), part.data(), static_cast<int>(part.size())) != 1) fail_to_send();
    }
  } catch (...) {
    // The server discards what it has received.
    disconnect();
    throw;
  }
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) fail_to_send();
  static_cast<void>(finish_once());
}

std::vector<std::pair<std::string, Secret>> Connection::environment() {
  connect();
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfo(connection_.get()),
                                                                             &PQconninfoFree);
  std::vector<std::pair<std::string, Secret>> all;
  // Every option is listed, so that a service could only add to them.
  for (const char* name : {"PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR"}) all.emplace_back(name, Secret());
  for (const PQconninfoOption* one = options.get(); one != nullptr && one->keyword != nullptr; ++one) {
    if (one->envvar == nullptr || std::string_view(one->keyword) == "service") continue;
    all.emplace_back(one->envvar, Secret(one->val == nullptr ? "" : one->val));
  }
  return all;
}

Secret with_database(const Secret& conninfo, const std::string& name) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.reveal().data(), nullptr), &PQconninfoFree);
  std::string out;
  const auto add = [&out](std::string_view keyword, std::string_view value) {
    out.append(keyword).append("='");
    for (const char c : value) {
      if (c == '\'' || c == '\\') out += '\\';
      out += c;
    }
    out += "' ";
  };
  for (const PQconninfoOption* one = options.get(); one != nullptr && one->keyword != nullptr; ++one) {
    if (one->val != nullptr && std::string_view(one->keyword) != "dbname") add(one->keyword, one->val);
  }
  add("dbname", name);
  return Secret::take(out);
}

Rows Connection::finish_once() {
  try {
    // A greeting changes nothing.
    return finish(in_greeting_ ? Effect::reads : Effect::writes);
  } catch (const Conflict&) {
    throw NotLocked(kConflictText);
  }
}

void Connection::on_notice(void* self, const pg_result* notice) {
  auto& connection = *static_cast<Connection*>(self);
  if (warns_of_replication(notice)) connection.replication_in_doubt_ = true;
  if (announces_reconnect(notice)) connection.session_ending_ = true;
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.execute("begin");
  connection_.in_transaction_ = true;
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    if (connection_.is_connected()) connection_.execute("rollback");
  } catch (const std::exception&) {
    connection_.disconnect();  // the server rolls back
  }
  connection_.in_transaction_ = false;
}

void Transaction::commit() {
  const Rows answer = connection_.query("commit", Params());
  open_ = false;
  connection_.in_transaction_ = false;
  if (answer.tag() != "COMMIT") throw Unavailable("the server rolled the transaction back");
}

}  // namespace taskward::db
