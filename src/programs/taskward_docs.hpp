// Markdown tables for docs/, derived from the tables in the code. `make generate` writes them into the
// documents.
#pragma once

#include <string>

namespace taskward::programs {

[[nodiscard]] std::string routes_markdown();
/// The query parameters of GET /tasks, /admin/users and /admin/audit.
[[nodiscard]] std::string task_parameters_markdown();
[[nodiscard]] std::string user_parameters_markdown();
[[nodiscard]] std::string audit_parameters_markdown();
[[nodiscard]] std::string permissions_markdown();
[[nodiscard]] std::string errors_markdown();
[[nodiscard]] std::string field_errors_markdown();
[[nodiscard]] std::string settings_markdown();
[[nodiscard]] std::string limits_markdown();
[[nodiscard]] std::string audit_actions_markdown();
[[nodiscard]] std::string metrics_markdown();

}  // namespace taskward::programs
