// The prepared statements of each source file, which store::every_statement combines.
#pragma once

#include <vector>

#include "taskward/db/statement.hpp"

namespace taskward::store {

using StatementList = std::vector<const db::Statement*>;

[[nodiscard]] StatementList access_statements();
[[nodiscard]] StatementList user_statements();
[[nodiscard]] StatementList import_statements();
[[nodiscard]] StatementList session_statements();
[[nodiscard]] StatementList login_statements();
[[nodiscard]] StatementList attempt_statements();
[[nodiscard]] StatementList code_statements();
[[nodiscard]] StatementList profile_statements();
[[nodiscard]] StatementList personal_token_statements();
[[nodiscard]] StatementList token_warning_statements();
[[nodiscard]] StatementList password_statements();
[[nodiscard]] StatementList task_statements();
[[nodiscard]] StatementList task_list_statements();
[[nodiscard]] StatementList replica_statements();
[[nodiscard]] StatementList task_batch_statements();
[[nodiscard]] StatementList task_import_statements();
[[nodiscard]] StatementList task_quota_statements();
[[nodiscard]] StatementList task_upkeep_statements();
[[nodiscard]] StatementList audit_statements();
[[nodiscard]] StatementList audit_month_statements();
[[nodiscard]] StatementList audit_search_statements();
[[nodiscard]] StatementList audit_seal_statements();
[[nodiscard]] StatementList key_statements();
[[nodiscard]] StatementList health_statements();
[[nodiscard]] StatementList service_state_statements();
[[nodiscard]] StatementList installation_statements();
[[nodiscard]] StatementList outbox_statements();
[[nodiscard]] StatementList purge_statements();
[[nodiscard]] StatementList account_list_statements();
[[nodiscard]] StatementList account_change_statements();
[[nodiscard]] StatementList dashboard_statements();
[[nodiscard]] StatementList factor_change_statements();
[[nodiscard]] StatementList second_factor_statements();
[[nodiscard]] StatementList passkey_statements();

}  // namespace taskward::store
