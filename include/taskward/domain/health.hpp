// The readiness check.
#pragma once

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"

namespace taskward::domain {

/// 503 service_unavailable if the schema is not supported by this release. Throws the connection's exceptions
/// if the database is unavailable.
[[nodiscard]] Result<Done> check_readiness(const Resources& resources);

}  // namespace taskward::domain
