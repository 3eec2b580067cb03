// One connection to PostgreSQL that reconnects automatically. Not thread-safe.
//
// run() connects if there is no connection, prepares a statement as Preparation says, and repeats it only
// where that is safe: after a conflict that rolled it back or, if it only reads, after the connection was
// lost.
// While the server is unreachable, calls fail immediately with Unavailable; the pause between connection
// attempts is at least kRetryPause.
//
// Session state is limited to prepared statements, so a pooler may be used; migrations hold a lock as well.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "taskward/base/give_up.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/db/failure.hpp"
#include "taskward/db/params.hpp"
#include "taskward/db/rows.hpp"
#include "taskward/db/statement.hpp"

struct pg_conn;

namespace taskward::model {
class Meter;
}

namespace taskward::db {

/// When a statement is prepared. `on_first_use` costs a round trip more for the first run of each;
/// `each_time` keeps none in the session, for poolers that do not support them.
enum class Preparation : std::uint8_t { on_first_use, each_time };

/// Of more prepared statements in a session, the least recently used ones are deallocated.
inline constexpr std::size_t kMaxPrepared = 120;

struct ConnectionOptions {
  const Secret& conninfo;  ///< postgresql:// URI or key=value pairs; must outlive the connection
  std::string application_name;
  Preparation preparation = Preparation::on_first_use;
  std::chrono::milliseconds timeout{10'000};  ///< per statement, from sending to the last row
  model::Meter* meter = nullptr;              ///< of run(); must outlive the connection
  /// libpq's: how long a host may be silent in TCP before the connection is lost or, of several hosts, the
  /// next is tried.
  std::chrono::milliseconds tcp_user_timeout{10'000};
};

/// A statement and what it is run with, which must outlive the use.
struct Query {
  const Statement& statement;
  const Params& params;
};

inline constexpr std::chrono::milliseconds kRetryPause{100};
inline constexpr int kConflictTries = 5;

class Connection {
 public:
  /// Called on each new connection before anything else, for example to check the schema. May throw.
  using Greeting = std::function<void(Connection&)>;

  Connection(ConnectionOptions options, const Log& log, Greeting greeting = {});
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Throws Unavailable, OutcomeUnknown or StatementFailed. The statement must outlive the connection.
  Rows run(const Statement& statement, const Params& params);
  /// run() with a time limit that includes connecting, but not the lookup of a host name.
  Rows run_within(std::chrono::milliseconds limit, const Statement& statement, const Params& params);
  /// run() of a statement that may take longer than the timeout. `give_up` is called every second; once it
  /// returns true, the connection is closed as after the timeout.
  Rows run_unless(const GiveUp& give_up, const Statement& statement, const Params& params);

  /// Sends two statements that only read, which the server runs one after the other, and returns without
  /// their rows. Those of the first do not wait for the second. Any statement that is run before they are
  /// received closes the connection first. Each has a limit of its own; that of sending includes connecting.
  /// Whatever one of them throws, the connection is closed; after a conflict it is NotLocked, since none
  /// repeats anything.
  void send_reads(std::chrono::milliseconds limit, const Query& first, const Query& second);
  Rows receive_first_read(std::chrono::milliseconds limit) { return receive_read(limit, false); }
  Rows receive_last_read(std::chrono::milliseconds limit) { return receive_read(limit, true); }

  /// Runs any number of statements, separated by semicolons. For migrations and transactions.
  void execute(const std::string& sql);
  /// Runs one unprepared statement with parameters. For the command line.
  Rows query(const std::string& sql, const Params& params);

  /// Runs a COPY … FROM STDIN. `next` returns the next part of the data; an empty one ends it.
  void copy_in(const std::string& sql, const std::function<std::string_view()>& next);

  /// The environment variables by which another program that uses libpq connects as this connection has:
  /// names and values, which may be passwords.
  [[nodiscard]] std::vector<std::pair<std::string, Secret>> environment();
  /// The system user as which a process of root had to connect, so that PostgreSQL's peer authentication
  /// recognizes it.
  [[nodiscard]] const std::optional<std::string>& peer_user() const noexcept { return peer_user_; }

  /// Connects if there is no connection.
  void connect();
  [[nodiscard]] bool is_connected() const noexcept { return connection_ != nullptr; }
  void disconnect() noexcept;
  /// PostgreSQL's server_version_num.
  [[nodiscard]] int server_version() const noexcept;

 private:
  friend class Transaction;
  struct Close {
    void operator()(pg_conn* connection) const noexcept;
  };

  Rows run_uncounted(const Statement& statement, const Params& params);
  Rows run_once(const Statement& statement, const Params& params);
  [[nodiscard]] bool send(const Statement& statement, const Params& params);
  Rows finish(Effect effect);
  Rows receive_read(std::chrono::milliseconds limit, bool is_last);
  /// Ends the pipeline of send_reads() after its last result.
  void end_pipeline();
  /// Closes the connection, and rethrows the exception that is being handled.
  [[noreturn]] void abandon_reads();
  /// finish() for a statement that is not repeated after a conflict.
  Rows finish_once();
  /// The name of the prepared statement. Valid until the next call.
  const std::string& prepare_on_first_use(const Statement& statement, const Form* form);
  void deallocate_least_recently_used();
  void ensure_connected(Effect effect);
  void notice_loss();
  void close_lost();
  [[nodiscard]] bool responds();
  [[noreturn]] void time_out(Effect effect);
  [[noreturn]] void fail_to_send();
  static void on_notice(void* self, const pg_result* notice);

  ConnectionOptions options_;
  std::optional<std::string> peer_user_;
  const Log& log_;
  Greeting greeting_;

  std::unique_ptr<pg_conn, Close> connection_;
  struct StatementInForm {
    const Statement* statement;
    const Form* form;
    friend bool operator==(const StatementInForm&, const StatementInForm&) = default;
  };
  struct Hash {
    std::size_t operator()(const StatementInForm& one) const noexcept {
      return std::hash<const void*>()(one.statement) ^ std::hash<const void*>()(one.form) << 1U;
    }
  };
  struct Prepared {
    std::string name;
    std::uint64_t last_use;
  };
  std::unordered_map<StatementInForm, Prepared, Hash> prepared_;  // in this session
  std::uint64_t uses_ = 0;
  bool in_greeting_ = false;
  bool in_transaction_ = false;        // while a Transaction exists, even if its connection was lost
  bool replication_in_doubt_ = false;  // the server warned of it during the current statement
  bool session_ending_ = false;        // the server announced that it ends the session
  std::chrono::steady_clock::time_point heard_{};  // when the server last responded
  std::chrono::steady_clock::time_point next_try_{};
  std::optional<std::chrono::steady_clock::time_point> deadline_;  // of run_within, and of two reads
  const GiveUp* give_up_ = nullptr;                                // of run_unless
};

/// A transaction that rolls back unless commit() is called.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  /// Throws OutcomeUnknown if the response is lost. Never repeated.
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// The connection string with another database.
[[nodiscard]] Secret with_database(const Secret& conninfo, const std::string& name);

}  // namespace taskward::db
