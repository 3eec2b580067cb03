// Statements that run into what another has just put there.
#pragma once

#include <string_view>

#include "taskward/db/failure.hpp"

namespace taskward::store {

/// Runs it again when a unique index has refused it. Two may want one name, or the first code for one
/// address, at the same moment: the loser's statement does not see the winner's row yet; run again, it does.
template <class Run>
auto until_seen(const Run& run) -> decltype(run()) {
  constexpr std::string_view unique_violation = "23505";
  constexpr int most = 3;
  for (int tries = 1; tries < most; ++tries) {
    try {
      return run();
    } catch (const db::StatementFailed& fault) {
      if (fault.sqlstate() != unique_violation) throw;
    }
  }
  return run();
}

}  // namespace taskward::store
