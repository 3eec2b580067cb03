// Importing accounts from another system: all accounts of a file, or none.
#pragma once

#include <cstdint>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/domain/account_file.hpp"

namespace taskward::domain {

enum class ImportMode : std::uint8_t { check_only, import };

/// Returns the refused lines in order: those of the file, and those with a name that an existing account has.
/// If there are none, all accounts were created in one transaction, or in check_only mode would be. 503
/// service_unavailable if another transaction took one of the names and released it again; nothing was
/// changed then.
[[nodiscard]] Result<std::vector<RefusedLine>> import_accounts(db::Connection& database,
                                                               const AccountFile& file, ImportMode mode);

}  // namespace taskward::domain
