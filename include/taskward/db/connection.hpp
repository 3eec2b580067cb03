// One connection to PostgreSQL, used by one thread, that mends itself.
//
// run() connects when there is no connection, prepares every statement it was given, and repeats a
// statement only where that cannot do harm: after a conflict that rolled it back, or, for one that
// only reads, after the connection was lost. While the server is away each call fails at once with
// Unavailable, and tries to connect again at most every kRetryPause.
//
// Nothing is kept in the server's session but prepared statements, so that a pooler may sit between.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

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

/// Whether statements are kept prepared. `each_time` is for poolers that cannot keep them.
enum class Preparation : std::uint8_t { kept, each_time };

struct ConnectionOptions {
  const Secret& conninfo;  ///< a postgresql:// URI or key=value pairs; must outlive the connection
  std::string application_name;
  Preparation preparation = Preparation::kept;
  std::chrono::milliseconds timeout{10'000};  ///< for one statement, from sending to the last row
  model::Meter* meter = nullptr;              ///< counts what run() does; outlives the connection
};

inline constexpr std::chrono::milliseconds kRetryPause{100};
inline constexpr int kConflictTries = 5;

class Connection {
 public:
  /// Runs after each new connection, before anything else: it may look at the schema, and throw.
  using Greeting = std::function<void(Connection&)>;

  Connection(ConnectionOptions options, std::span<const Statement* const> statements, const Log& log,
             Greeting greeting = {});
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Throws Unavailable, OutcomeUnknown or StatementFailed. The statement must be one of those given
  /// at construction.
  Rows run(const Statement& statement, const Params& params);
  /// The same for who cannot wait: what is needed for it, a new connection included, takes no longer. A name
  /// of a host that must be looked up may.
  Rows run_within(std::chrono::milliseconds limit, const Statement& statement, const Params& params);

  /// One text of any number of statements, sent as it is. For migrations and transactions.
  void execute(const std::string& sql);
  /// One text with parameters, not prepared. For the operator's command.
  Rows query(const std::string& sql, const Params& params);

  /// Connects now if there is no connection.
  void connect();
  [[nodiscard]] bool is_connected() const noexcept { return connection_ != nullptr; }
  void disconnect() noexcept;
  /// The major and minor version number, as PostgreSQL's server_version_num.
  [[nodiscard]] int server_version() const noexcept;

 private:
  friend class Transaction;
  struct Close {
    void operator()(pg_conn* connection) const noexcept;
  };

  Rows run_uncounted(const Statement& statement, const Params& params);
  Rows run_once(const Statement& statement, const Params& params);
  Rows finish(Effect effect);
  /// For a text that is not repeated after a conflict.
  Rows finish_once();
  void prepare_all();
  void ensure_connected();
  void notice_loss();
  [[noreturn]] void fail(const pg_result* result, Effect effect);
  [[noreturn]] void lose(Effect effect, std::string_view what);
  static void on_notice(void* self, const pg_result* notice);

  ConnectionOptions options_;
  std::span<const Statement* const> statements_;
  const Log& log_;
  Greeting greeting_;

  // Invariant: connection_ is null, or connected with every statement prepared.
  std::unique_ptr<pg_conn, Close> connection_;
  bool greeting_now_ = false;
  bool in_transaction_ = false;        // as long as the Transaction lives, even when its connection is lost
  bool replication_in_doubt_ = false;  // set by the server's warning, for the statement under way
  bool farewell_ = false;              // the server has said that it ends this connection
  std::chrono::steady_clock::time_point next_try_{};
  std::optional<std::chrono::steady_clock::time_point> not_after_;  // of run_within
};

/// A transaction that rolls back unless commit() is called.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  /// Throws OutcomeUnknown when the answer does not come: then nobody knows, and nothing is repeated.
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace taskward::db
