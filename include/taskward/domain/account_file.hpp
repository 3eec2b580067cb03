// Files of accounts to be imported from another system.
//
// The reasons for refusing a line never quote it: with mixed-up columns, any of them may hold a password
// hash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/domain/derived_keys.hpp"
#include "taskward/store/account_import.hpp"

namespace taskward::domain {

/// CSV (RFC 4180) with a header line, or one JSON object per line.
enum class AccountFormat : std::uint8_t { csv, ndjson };

inline constexpr std::size_t kImportLineMaxBytes = 64UL * 1024;

struct RefusedLine {
  std::size_t line;  ///< from 1
  std::string why;   ///< one or more clauses
};

/// The contents of a file. Invariant: `lines` has the line number of each account.
struct AccountFile {
  std::vector<store::ImportedAccount> accounts;
  std::vector<std::size_t> lines;
  std::vector<RefusedLine> refused;
};

/// The names of the columns or members, separated by commas.
[[nodiscard]] std::string import_columns();

/// Reads and checks every line, including duplicates within the file. A line with a TOTP secret is refused
/// without keys. Throws std::runtime_error if reading the stream fails.
[[nodiscard]] AccountFile read_accounts(std::istream& in, AccountFormat format, const DerivedKeys& keys,
                                        const Clock& clock, RandomSource& random);

}  // namespace taskward::domain
