// What is published of the parameters of queries, each from the table that reads them.
#pragma once

#include <vector>

#include "taskward/api/schema.hpp"

namespace taskward::api {

[[nodiscard]] std::vector<ParameterFacts> activity_query_facts();
[[nodiscard]] std::vector<ParameterFacts> account_query_facts();
[[nodiscard]] std::vector<ParameterFacts> audit_query_facts();
[[nodiscard]] std::vector<ParameterFacts> task_query_facts();
[[nodiscard]] std::vector<ParameterFacts> task_deletion_query_facts();
[[nodiscard]] std::vector<ParameterFacts> task_export_query_facts();

}  // namespace taskward::api
