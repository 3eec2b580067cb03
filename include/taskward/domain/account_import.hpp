// Taking accounts over from another system, all of a file or none.
//
// What is told of a refused line never quotes it: where columns are mixed up, any of them may hold a hash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/store/account_import.hpp"

namespace taskward::domain {

/// CSV by RFC 4180 with a line of column names, or one JSON object a line.
enum class AccountFormat : std::uint8_t { csv, ndjson };

inline constexpr std::size_t kImportLineMaxBytes = 64UL * 1024;

struct RefusedLine {
  std::size_t line;  ///< from 1
  std::string why;   ///< as a clause or several
};

/// What a file holds. Invariant: as many lines as accounts, the line that each stands in.
struct AccountFile {
  std::vector<store::ImportedAccount> accounts;
  std::vector<std::size_t> lines;
  std::vector<RefusedLine> refused;
};

/// The names of the columns or members, for a person.
[[nodiscard]] std::string import_columns();

/// Reads and checks every line, duplicates within the file included. Throws std::runtime_error when the
/// stream breaks.
[[nodiscard]] AccountFile read_accounts(std::istream& in, AccountFormat format, const Clock& clock,
                                        RandomSource& random);

enum class ImportMode : std::uint8_t { check_only, import };

/// The lines that are refused, in their order: those of the file, and those with a name that an account
/// has. When there is none, every account was made in one transaction, unless it was to be checked only.
/// 503 service_unavailable when names that were taken while this went on are free again: nothing is done
/// then.
[[nodiscard]] Result<std::vector<RefusedLine>> import_accounts(db::Connection& database,
                                                               const AccountFile& file, ImportMode mode);

}  // namespace taskward::domain
