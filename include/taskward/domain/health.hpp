// Whether this process can do its work now.
#pragma once

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"

namespace taskward::domain {

/// 503 service_unavailable when the schema has moved on; throws what the connection throws when the
/// database is away.
[[nodiscard]] Result<Done> check_readiness(const Resources& resources);

}  // namespace taskward::domain
