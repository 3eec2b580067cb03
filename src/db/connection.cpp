#include "taskward/db/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>
#include <utility>

#include "taskward/model/metrics.hpp"

namespace taskward::db {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// A conflict rolled the statement back whole; only run() sees this.
struct Conflict {};

/// A connection that stood went away, and what was sent on it changed nothing: worth a second try. A
/// statement that took too long is not, nor is a connection that could not be made.
class ConnectionLost : public Unavailable {
  using Unavailable::Unavailable;
};

std::string_view field_of(const PGresult* result, int field) noexcept {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

/// Refuses what libpq cannot read, or would read otherwise than it was meant: a password with a '/' or
/// '@' that was not percent-encoded becomes part of a host or a port, which libpq's messages quote.
void check_conninfo(const Secret& conninfo) {
  constexpr const char* why =
      "DATABASE_URL or DATABASE_OWNER_URL cannot be read as libpq's connection string: quote spaces in "
      "values, and "
      "percent-encode special characters such as / @ : # % in an address";
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.reveal().data(), nullptr), &PQconninfoFree);
  if (options == nullptr) throw BadConninfo(why);
  for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one) {
    if (one->val == nullptr) continue;
    const std::string_view keyword = one->keyword;
    const std::string_view value = one->val;
    const bool bad_port =
        keyword == "port" && value.find_first_not_of("0123456789,") != std::string_view::npos;
    const bool bad_host =
        keyword == "host" && !value.starts_with('/') && value.find('@') != std::string_view::npos;
    if (bad_port || bad_host) throw BadConninfo(why);
  }
}

/// libpq's own message, on one line. It quotes hosts, ports and names of what check_conninfo let pass,
/// and never a password.
std::string message_of(const PGconn* connection) {
  std::string text = PQerrorMessage(connection);
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

/// Waits until there is something to read, or room to write. False when the time is up.
bool wait_for(const PGconn* connection, short events, SteadyClock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
    if (left.count() <= 0) return false;
    pollfd socket{PQsocket(connection), events, 0};
    const int ready = ::poll(&socket, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

/// As PQconnectdbParams, but over at the deadline. Null when there is no memory for it, or the time is up.
PGconn* connect_until(const char* const* keywords, const char* const* values,
                      SteadyClock::time_point deadline) {
  PGconn* const connection = PQconnectStartParams(keywords, values, 1);
  if (connection == nullptr) return nullptr;
  auto next = PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
    if (!wait_for(connection, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
      PQfinish(connection);
      return nullptr;
    }
    next = PQconnectPoll(connection);
  }
  return connection;
}

std::string_view kind_of(const std::exception& fault) noexcept {
  if (dynamic_cast<const OutcomeUnknown*>(&fault) != nullptr) return "outcome_unknown";
  return dynamic_cast<const Unavailable*>(&fault) != nullptr ? "unavailable" : "failed";
}

/// Observes how long it lives.
class Watch {
 public:
  explicit Watch(model::Meter& meter) : meter_(meter) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() { meter_.observe(model::Metric::database_wait, SteadyClock::now() - begun_); }

 private:
  model::Meter& meter_;
  const SteadyClock::time_point begun_ = SteadyClock::now();
};

/// Lets a connection be bound to a moment for as long as it lives.
class Until {
 public:
  Until(std::optional<SteadyClock::time_point>& place, SteadyClock::time_point moment) : place_(place) {
    place_ = moment;
  }
  Until(const Until&) = delete;
  Until& operator=(const Until&) = delete;
  ~Until() { place_.reset(); }

 private:
  std::optional<SteadyClock::time_point>& place_;
};

}  // namespace

void Connection::Close::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

Connection::Connection(ConnectionOptions options, std::span<const Statement* const> statements,
                       const Log& log, Greeting greeting)
    : options_(std::move(options)), statements_(statements), log_(log), greeting_(std::move(greeting)) {
  check_conninfo(options_.conninfo);
}

Connection::~Connection() = default;

void Connection::disconnect() noexcept { connection_.reset(); }

int Connection::server_version() const noexcept { return PQserverVersion(connection_.get()); }

void Connection::connect() {
  if (connection_ != nullptr) return;
  if (SteadyClock::now() < next_try_) throw Unavailable("the database was away a moment ago");
  // Those before dbname are defaults that the conninfo may change; those after it are ours.
  const std::string conninfo(options_.conninfo.reveal());
  const std::array keywords{"connect_timeout",     "tcp_user_timeout", "keepalives_idle",
                            "keepalives_interval", "keepalives_count", "dbname",
                            "application_name",    "client_encoding",  static_cast<const char*>(nullptr)};
  const std::array values{"3",
                          "10000",
                          "10",
                          "5",
                          "3",
                          conninfo.c_str(),
                          options_.application_name.c_str(),
                          "UTF8",
                          static_cast<const char*>(nullptr)};
  const auto begun = SteadyClock::now();
  connection_.reset(not_after_ ? connect_until(keywords.data(), values.data(), *not_after_)
                               : PQconnectdbParams(keywords.data(), values.data(), 1));
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    const std::string why = connection_ == nullptr ? "it took too long" : message_of(connection_.get());
    disconnect();
    // A server that does not even refuse costs a thread its time: most of it must stay for requests
    // that need no database.
    const auto now = SteadyClock::now();
    next_try_ = now + std::max<SteadyClock::duration>(kRetryPause, 4 * (now - begun));
    throw Unavailable("cannot connect to the database: " + why);
  }
  farewell_ = false;
  PQsetNoticeReceiver(connection_.get(), &Connection::on_notice, this);
  try {
    greeting_now_ = true;
    if (greeting_) greeting_(*this);
    prepare_all();
    greeting_now_ = false;
  } catch (...) {
    greeting_now_ = false;
    disconnect();
    next_try_ = SteadyClock::now() + kRetryPause;
    throw;
  }
  if (options_.meter != nullptr) options_.meter->add(model::Metric::database_connections);
  log_.line(LogLevel::info, "database_connected").field("server_version", server_version());
}

void Connection::prepare_all() {
  for (const Statement* statement : statements_) {
    // Unnamed, where none are kept: it still shows at once whether the statement is sound.
    const char* name = options_.preparation == Preparation::kept ? statement->name.c_str() : "";
    if (PQsendPrepare(connection_.get(), name, statement->sql.c_str(), 0, nullptr) != 1) {
      lose(Effect::reads, "preparing");
    }
    try {
      finish(Effect::reads);
    } catch (const StatementFailed& failure) {
      throw StatementFailed("statement " + statement->name + ": " + failure.what(), failure.sqlstate());
    }
  }
}

Rows Connection::run(const Statement& statement, const Params& params) {
  try {
    return run_uncounted(statement, params);
  } catch (const std::exception& fault) {
    if (options_.meter != nullptr) options_.meter->add(model::Metric::database_errors, {kind_of(fault)});
    throw;
  }
}

Rows Connection::run_within(std::chrono::milliseconds limit, const Statement& statement,
                            const Params& params) {
  const Until until(not_after_, SteadyClock::now() + limit);
  return run(statement, params);
}

Rows Connection::run_uncounted(const Statement& statement, const Params& params) {
  if (std::find(statements_.begin(), statements_.end(), &statement) == statements_.end()) {
    throw std::logic_error("statement " + statement.name + " is not in the list that is prepared");
  }
  bool lost_before = false;
  for (int tries = 1;; ++tries) {
    try {
      ensure_connected();
      return run_once(statement, params);
    } catch (const Conflict&) {
      if (in_transaction_ || tries == kConflictTries) {
        throw Unavailable("statement " + statement.name + " met conflicts at every try");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1 << tries));
    } catch (const ConnectionLost&) {
      if (in_transaction_ || statement.effect == Effect::writes || lost_before) throw;
      lost_before = true;
    }
  }
}

Rows Connection::run_once(const Statement& statement, const Params& params) {
  constexpr int binary = 1;
  replication_in_doubt_ = false;
  const int sent = options_.preparation == Preparation::kept
                       ? PQsendQueryPrepared(connection_.get(), statement.name.c_str(), params.count(),
                                             params.values(), params.lengths(), params.formats(), binary)
                       : PQsendQueryParams(connection_.get(), statement.sql.c_str(), params.count(), nullptr,
                                           params.values(), params.lengths(), params.formats(), binary);
  // A failure to send may come after part of it went out, but a part of a message is never executed.
  if (sent != 1) lose(Effect::reads, "sending");
  if (options_.meter == nullptr) return finish(statement.effect);
  const Watch watch(*options_.meter);
  return finish(statement.effect);
}

Rows Connection::finish(Effect effect) {
  auto deadline = SteadyClock::now() + options_.timeout;
  if (not_after_) deadline = std::min(deadline, *not_after_);
  PGresult* last = nullptr;
  std::unique_ptr<PGresult, decltype(&PQclear)> kept(nullptr, &PQclear);
  while (true) {
    while (PQisBusy(connection_.get()) != 0) {
      if (!wait_for(connection_.get(), POLLIN, deadline)) {
        disconnect();
        const std::string text(not_after_ ? "no answer in time" : "no answer within DATABASE_TIMEOUT");
        if (effect == Effect::writes) throw OutcomeUnknown(text);
        throw Unavailable(text);
      }
      if (PQconsumeInput(connection_.get()) != 1) lose(effect, "the connection broke");
    }
    last = PQgetResult(connection_.get());
    if (last == nullptr) break;
    // The first failure of a text of several statements is the one that tells.
    if (kept == nullptr || PQresultStatus(kept.get()) != PGRES_FATAL_ERROR)
      kept.reset(last);
    else
      PQclear(last);
  }
  if (kept == nullptr) lose(effect, "no result");
  switch (PQresultStatus(kept.get())) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      break;
    default:
      fail(kept.get(), effect);
  }
  if (replication_in_doubt_) {
    throw OutcomeUnknown("the server has committed, but a standby may not have it");
  }
  return Rows(kept.release());
}

void Connection::fail(const pg_result* result, Effect effect) {
  const std::string sqlstate(field_of(result, PG_DIAG_SQLSTATE));
  const std::string text = sqlstate + ' ' + std::string(field_of(result, PG_DIAG_MESSAGE_PRIMARY));
  // A broken connection has a result too, but no SQLSTATE.
  if (sqlstate.empty() || PQstatus(connection_.get()) != CONNECTION_OK) {
    if (meaning(sqlstate) == Meaning::reconnect) {  // the server said why: the statement was rolled back
      disconnect();
      throw ConnectionLost(text);
    }
    lose(effect, "the connection broke");
  }
  switch (meaning(sqlstate)) {
    case Meaning::retry:
      throw Conflict{};
    case Meaning::reconnect:
      disconnect();
      throw ConnectionLost(text);
    case Meaning::unavailable:
      throw Unavailable(text);
    case Meaning::failed:
      break;
  }
  throw StatementFailed(text, sqlstate);
}

void Connection::lose(Effect effect, std::string_view what) {
  const std::string text = std::string(what) + ": " + message_of(connection_.get());
  disconnect();
  if (effect == Effect::writes) throw OutcomeUnknown(text);
  throw ConnectionLost(text);
}

void Connection::ensure_connected() {
  if (in_transaction_) {
    // On a new connection the rest of a transaction would take effect without its beginning.
    if (connection_ == nullptr) throw Unavailable("the transaction went away with its connection");
    return;
  }
  if (greeting_now_) return;
  notice_loss();
  connect();
}

void Connection::notice_loss() {
  if (connection_ == nullptr) return;
  // A server that went away has closed the socket, which shows without asking it anything: so a
  // write is not risked on a connection that is dead already.
  pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
  if (::poll(&socket, 1, 0) <= 0) return;
  // What the server says before it closes arrives first; PQisBusy hands it to on_notice.
  const bool broken = PQconsumeInput(connection_.get()) != 1 || PQisBusy(connection_.get()) != 0 ||
                      PQstatus(connection_.get()) != CONNECTION_OK;
  if (broken || farewell_) {
    log_.line(LogLevel::warning, "database_connection_lost");
    disconnect();
  }
}

void Connection::execute(const std::string& sql) {
  ensure_connected();
  replication_in_doubt_ = false;
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) lose(Effect::reads, "sending");
  static_cast<void>(finish_once());
}

Rows Connection::query(const std::string& sql, const Params& params) {
  ensure_connected();
  replication_in_doubt_ = false;
  if (PQsendQueryParams(connection_.get(), sql.c_str(), params.count(), nullptr, params.values(),
                        params.lengths(), params.formats(), 1) != 1) {
    lose(Effect::reads, "sending");
  }
  return finish_once();
}

Rows Connection::finish_once() {
  try {
    return finish(Effect::writes);
  } catch (const Conflict&) {
    throw Unavailable("a conflict with another transaction");
  }
}

void Connection::on_notice(void* self, const pg_result* notice) {
  // "The transaction has already committed locally, but might not have been replicated to the
  // standby." The message may be translated; the function that says it is not.
  if (field_of(notice, PG_DIAG_SOURCE_FUNCTION) == "SyncRepWaitForLSN") {
    static_cast<Connection*>(self)->replication_in_doubt_ = true;
  }
  if (meaning(field_of(notice, PG_DIAG_SQLSTATE)) == Meaning::reconnect) {
    static_cast<Connection*>(self)->farewell_ = true;
  }
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
    connection_.disconnect();  // an open transaction ends with its connection
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
