// SQL for the state of accounts: active, locked or inactive.
#pragma once

#include <string>

namespace taskward::store {

/// A CTE `locked` with the subjects of the accounts that are locked now.
[[nodiscard]] std::string locked_subjects();

/// SQL: the state of the account u. Needs the CTE `locked`.
[[nodiscard]] std::string account_state();

}  // namespace taskward::store
