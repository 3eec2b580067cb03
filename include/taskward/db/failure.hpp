// Database errors, classified by what they mean for the caller.
//
// Their texts are for the log. They contain PostgreSQL's primary message, never its DETAIL, which quotes
// data.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace taskward::db {

/// The database is unreachable or temporarily unable to run the statement; nothing was changed. Becomes a
/// 503.
class Unavailable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The server itself is at fault (SQLSTATE classes 58 and XX): a file cannot be read, a library cannot be
/// loaded, data is corrupted. Nothing was changed.
class ServerFault : public Unavailable {
  using Unavailable::Unavailable;
};

/// A lock was not granted, in time or because of a deadlock. Nothing was changed.
class NotLocked : public Unavailable {
  using Unavailable::Unavailable;
};

/// A statement was given up, after its time limit or that of the server, or cancelled by an administrator.
/// Nothing was changed.
class TimedOut : public Unavailable {
  using Unavailable::Unavailable;
};

/// The connection string is invalid. The text does not quote it.
class BadConninfo : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The connection was lost, or the time limit passed, after a write was sent, which may have been committed
/// or not; or it was committed but possibly not replicated to the synchronous standby. Never repeated
/// automatically. Becomes a 503.
class OutcomeUnknown : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A statement is invalid or violated a constraint: a bug, or a mistake of the operator. Becomes a 500.
class StatementFailed : public std::runtime_error {
 public:
  StatementFailed(const std::string& text, std::string sqlstate)
      : runtime_error(text), sqlstate_(std::move(sqlstate)) {}
  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }

 private:
  std::string sqlstate_;
};

/// How to react to an SQLSTATE.
enum class Meaning : std::uint8_t {
  retry,         ///< rolled back by a conflict (40001, 40P01): repeat the whole statement
  not_locked,    ///< a lock was not granted in time
  unavailable,   ///< the server lacks a resource or rejects the session; the connection may remain usable
  server_fault,  ///< the server itself is at fault
  reconnect,     ///< this connection is no longer usable
  failed,        ///< anything else
};

/// See "PostgreSQL Error Codes" in PostgreSQL's manual.
[[nodiscard]] Meaning meaning(std::string_view sqlstate) noexcept;

}  // namespace taskward::db
