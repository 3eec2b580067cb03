// Retrying statements that violate a unique index because of a concurrent transaction.
#pragma once

#include <string_view>

#include "taskward/db/failure.hpp"

namespace taskward::store {

/// Calls `run`, and again, up to three times in all, when it fails with unique_violation (SQLSTATE 23505).
/// Two transactions may insert the same name, or the first code for one address, at the same time: the losing
/// statement's snapshot does not include the winner's row, the retried statement's does.
template <class Run>
auto retry_on_unique_violation(const Run& run) -> decltype(run()) {
  constexpr std::string_view unique_violation = "23505";
  constexpr int max_attempts = 3;
  for (int attempt = 1; attempt < max_attempts; ++attempt) {
    try {
      return run();
    } catch (const db::StatementFailed& failure) {
      if (failure.sqlstate() != unique_violation) throw;
    }
  }
  return run();
}

}  // namespace taskward::store
