// A statement: its name, its text, and whether it changes anything.
//
// The parameters' types are those the text gives them: write $1::uuid where it is not plain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taskward::db {

/// `reads` may be repeated after a lost connection, `writes` may not.
enum class Effect : std::uint8_t { reads, writes };

struct Statement {
  std::string name;  ///< unique; the name it is prepared under
  Effect effect;
  std::string sql;
};

}  // namespace taskward::db
