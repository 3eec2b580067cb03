// Telling owners of personal access tokens by mail that one ends soon.
#pragma once

#include <cstddef>

#include "taskward/base/clock.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

/// In one call of warn_of_ends().
inline constexpr std::size_t kTokenWarningBatch = 100;

/// Queues a mail for tokens that end within model::kTokenWarning, one for each, and returns whether there may
/// be more of them.
[[nodiscard]] bool warn_of_ends(db::Connection& database, const Secret& mail_key, const Clock& clock,
                                RandomSource& random);

}  // namespace taskward::domain
