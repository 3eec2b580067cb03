// SQL that stores a new one-time code, if one may be sent now.
#pragma once

#include <string>

#include "taskward/db/params.hpp"
#include "taskward/db/rows.hpp"
#include "taskward/store/codes.hpp"

namespace taskward::store {

/// CTEs that store a code in place of the previous one: `issued` has a row if that was allowed. The CTE
/// `requested` must have one row, or none to do nothing. Takes six parameters from $first on (add_code):
/// purpose, subject, recipient, code, challenge, the sealed recipient.
///
/// Run it with retry_on_unique_violation: of two concurrent first requests the second violates the primary
/// key, and its attempt is not counted.
[[nodiscard]] std::string issue_code(int first);

/// SQL: a scalar, the whole seconds until a code may be issued. It takes the same parameters.
[[nodiscard]] std::string seconds_until_code_allowed(int first);

void add_code(db::Params& params, const NewCode& code);

/// 429 too_many_requests. The reader is at the column of seconds_until_code_allowed.
[[nodiscard]] Error too_many_codes(db::RowReader& row);

}  // namespace taskward::store
