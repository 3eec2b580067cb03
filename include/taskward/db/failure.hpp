// What can go wrong with the database, by what it means for the caller. SQLSTATE becomes one of
// these in one place (src/db/sqlstate.cpp).
//
// The texts are for the journal. They hold PostgreSQL's primary message and never its DETAIL, which
// quotes data.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace taskward::db {

/// The database cannot be reached or cannot work now; nothing was changed. A client is told 503.
class Unavailable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What says where the database is cannot be read. Only an operator can mend that; the text quotes nothing.
class BadConninfo : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The connection went away, or time ran out, after a change was sent: it may have happened or not.
/// Never repeated blindly. A client is told 503.
class OutcomeUnknown : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A statement is wrong, or broke a constraint it should have respected: a bug, or an operator's
/// mistake. A client is told 500.
class StatementFailed : public std::runtime_error {
 public:
  StatementFailed(const std::string& text, std::string sqlstate)
      : runtime_error(text), sqlstate_(std::move(sqlstate)) {}
  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }

 private:
  std::string sqlstate_;
};

/// What an SQLSTATE asks of us.
enum class Meaning : std::uint8_t {
  retry,        ///< rolled back by a conflict (class 40): repeat the whole statement
  unavailable,  ///< the server lacks something, or is going down; the connection may still be good
  reconnect,    ///< this connection, or this server, is the wrong one now
  failed,       ///< anything else
};

/// PostgreSQL, appendix A.
[[nodiscard]] Meaning meaning(std::string_view sqlstate) noexcept;

}  // namespace taskward::db
