// The outcome of a statement after it was sent, from its result, the server's notices and the state of the
// connection.
#pragma once

#include <cstdint>
#include <string>

#include "taskward/db/failure.hpp"
#include "taskward/db/statement.hpp"

struct pg_result;

namespace taskward::db {

/// A conflict rolled back the whole statement. Connection catches it.
struct Conflict {};

/// An established connection was lost, and what was sent on it changed nothing, so a read may be repeated.
/// Not thrown for a timeout or for a connection attempt that failed.
class ConnectionLost : public Unavailable {
  using Unavailable::Unavailable;
};

struct Completion {
  Effect effect = Effect::reads;
  bool has_failed = false;               ///< the server reported an error
  bool is_connection_lost = false;       ///< also after FATAL and PANIC, which end the session
  bool is_replication_in_doubt = false;  ///< committed, but perhaps not on the synchronous standby
  std::string sqlstate;                  ///< of the error; empty if libpq reported it
  std::string text;                      ///< of the error, for the log
};

enum class Outcome : std::uint8_t {
  success,
  conflict,
  connection_lost,
  not_locked,
  unavailable,
  server_fault,
  failed,
  unknown
};

/// PostgreSQL commits a statement before it reports success. A connection lost after a write was sent
/// therefore leaves the outcome unknown, whatever the server reported before: results, a warning or FATAL.
[[nodiscard]] Outcome outcome(const Completion& completion) noexcept;

/// Returns after success. Throws Conflict, ConnectionLost, Unavailable, StatementFailed or OutcomeUnknown.
void require_success(const Completion& completion);

/// Records the error that a result reports, if it reports one.
void note_result(Completion& completion, const pg_result* result);

/// Whether a notice warns that a committed transaction may not have been replicated: the wait for a
/// synchronous standby was cancelled, or its session is being terminated.
[[nodiscard]] bool warns_of_replication(const pg_result* notice) noexcept;

/// Whether an error ends the session (FATAL or PANIC).
[[nodiscard]] bool ends_session(const pg_result* error) noexcept;

/// Whether a notice announces that this connection is about to become unusable.
[[nodiscard]] bool announces_reconnect(const pg_result* notice) noexcept;

}  // namespace taskward::db
