// SQL that verifies one-time codes.
#pragma once

#include <string>

#include "taskward/db/params.hpp"
#include "taskward/store/codes.hpp"

namespace taskward::store {

/// A CTE `attempt` that verifies a code. It has one row (right) if there was a live code with attempts left,
/// none otherwise. A correct code is marked as used. A wrong one is counted: attempts with the challenge and
/// attempts without it have separate budgets of model::kCodeTries. `condition` is SQL over the code's row c.
/// Takes four parameters from $first on (add_code_attempt).
[[nodiscard]] std::string verify_code(int first, const std::string& condition = "true");

/// The four parameters of verify_code: purpose, subject, code, challenge.
void add_code_attempt(db::Params& params, const CodeAttempt& attempt);

/// The challenge, or null.
void add_challenge(db::Params& params, const CodeAttempt& attempt);

}  // namespace taskward::store
