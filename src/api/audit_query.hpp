// The query of GET /admin/audit.
#pragma once

#include <optional>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/model/audit_search.hpp"

namespace taskward::api {

struct AuditQuery {
  model::AuditFilter filter;
  std::optional<int> limit;
  std::optional<model::AuditPlace> before;  ///< the cursor
};

/// 400 bad_request when it cannot be decoded, 422 with every parameter at fault.
[[nodiscard]] Result<AuditQuery> read_audit_query(std::string_view query);

}  // namespace taskward::api
