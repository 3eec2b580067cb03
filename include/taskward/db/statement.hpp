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

}  // namespace taskward::db
