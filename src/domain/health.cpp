#include "taskward/domain/health.hpp"

#include "taskward/store/health.hpp"

namespace taskward::domain {

Result<Done> check_readiness(const Resources& resources) {
  if (store::schema_is_current(resources.database)) return Done{};
  return Error(ErrorCode::service_unavailable, {}, "the database schema is not supported by this release");
}

}  // namespace taskward::domain
