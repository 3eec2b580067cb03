// An SQL statement, its name, and whether it changes data.
//
// The server infers parameter types from the SQL: write $1::uuid where it cannot.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taskward::db {

/// After a lost connection `reads` may be repeated, `writes` may not.
enum class Effect : std::uint8_t { reads, writes };

struct Statement {
  std::string name;  ///< unique; the name of the prepared statement
  Effect effect;
  std::string sql;
};

/// A form of statements that begin alike, with another beginning. Lives as long as the connections.
struct Form {
  std::string_view name;       ///< appended to the name of a statement
  std::string_view usual;      ///< how the statements begin
  std::string_view beginning;  ///< how this form of them begins
};

/// The statement in that form. Throws std::logic_error if it has another beginning.
[[nodiscard]] Statement in_form(const Statement& statement, const Form& form);

}  // namespace taskward::db
