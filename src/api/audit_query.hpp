// The query of GET /admin/audit.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "query_parameters.hpp"
#include "taskward/base/result.hpp"
#include "taskward/model/audit_search.hpp"

namespace taskward::api {

struct AuditQuery {
  model::AuditFilter filter;
  std::optional<int> limit;
  std::optional<model::AuditPosition> before;  ///< the position of the cursor
};

/// The parameter `cursor` of a list of audit records, which is read into `Into::before`.
template <class Into>
[[nodiscard]] Parameter<Into> audit_cursor() {
  return free_text<Into>(
      "cursor", 1, 0,
      [](const ParameterValue& given, Into& into, Faults& faults) {
        into.before = model::AuditPosition::parse(given.text);
        if (into.before) return;
        faults.push_back(
            {given.name, FaultCode::invalid_value, "must be a next_cursor returned by this route"});
      },
      "The next_cursor of another page.");
}

/// 400 bad_request if the query is malformed, 422 with the faults of all parameters.
[[nodiscard]] Result<AuditQuery> read_audit_query(std::string_view query);

[[nodiscard]] std::vector<ParameterFacts> audit_query_facts();

}  // namespace taskward::api
