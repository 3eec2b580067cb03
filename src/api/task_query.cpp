#include "task_query.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "query_parameters.hpp"
#include "taskward/base/text.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::api {
namespace {

using Faults = std::vector<FieldFault>;

void read_statuses(const std::string& name, std::string_view text, std::vector<model::TaskStatus>& into,
                   Faults& faults) {
  std::vector<std::string_view> names;
  for (const auto status : model::kTaskStatuses) names.push_back(model::name(status));
  const FieldFault fault{name, FaultCode::invalid_value,
                         "must be one or more of " + joined(names, ", ") + ", separated by commas"};
  const auto pieces = split(text, ',');
  if (pieces.empty()) faults.push_back(fault);
  for (const std::string_view piece : pieces) {
    const auto status = model::task_status(piece);
    if (!status) {
      faults.push_back(fault);
      return;
    }
    if (std::find(into.begin(), into.end(), *status) == into.end()) into.push_back(*status);
  }
}

}  // namespace

Result<model::TaskQuery> read_task_query(std::string_view text) {
  auto parameters = http::parse_query(text);
  if (!parameters) return std::move(parameters).error();
  model::TaskQuery query;
  Faults faults;
  std::set<std::string_view> seen;
  for (const auto& [name, value] : *parameters) {
    const bool known = name == "limit" || name == "offset" || name == "status";
    if (!known) {
      refuse_unknown(name, faults);
    } else if (!seen.insert(name).second && name != "status") {
      // Several statuses may come as one list or as several parameters.
      faults.push_back({name, FaultCode::duplicate, "must be given once"});
    } else if (name == "limit") {
      read_number(name, value, 1, model::kPageLimitMax, query.limit, faults);
    } else if (name == "offset") {
      read_number(name, value, 0, model::kPageOffsetMax, query.offset, faults);
    } else {
      read_statuses(name, value, query.statuses, faults);
    }
  }
  if (!faults.empty()) return validation_failed(std::move(faults));
  return query;
}

}  // namespace taskward::api
