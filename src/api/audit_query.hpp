// The query of GET /admin/audit.
#pragma once

#include <optional>
#include <string_view>

#include "query_parameters.hpp"
#include "taskward/base/result.hpp"
#include "taskward/model/audit_search.hpp"

namespace taskward::api {

struct AuditQuery {
  model::AuditFilter filter;
  std::optional<int> limit;
  std::optional<model::AuditPlace> before;  ///< the cursor
};

/// The parameter `cursor` of what goes through the record, a place that `Into::before` becomes.
template <class Into>
[[nodiscard]] Parameter<Into> place_parameter() {
  return free_text<Into>(
      "cursor", 1, 0,
      [](const ParameterValue& given, Into& into, Faults& faults) {
        into.before = model::AuditPlace::parse(given.text);
        if (into.before) return;
        faults.push_back(
            {given.name, FaultCode::invalid_value, "must be a next_cursor that this route gave"});
      },
      "The next_cursor of a page.");
}

/// 400 bad_request when it cannot be decoded, 422 with every parameter at fault.
[[nodiscard]] Result<AuditQuery> read_audit_query(std::string_view query);

}  // namespace taskward::api
