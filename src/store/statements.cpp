#include "taskward/store/statements.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {

std::span<const db::Statement* const> every_statement() {
  static const auto all = [] {
    StatementList out;
    for (const auto& list : {
             access_statements(),        user_statements(),         import_statements(),
             session_statements(),       login_statements(),        attempt_statements(),
             code_statements(),          profile_statements(),      password_statements(),
             task_statements(),          task_list_statements(),    replica_statements(),
             task_batch_statements(),    task_import_statements(),  task_quota_statements(),
             task_upkeep_statements(),   audit_statements(),        audit_month_statements(),
             key_statements(),           health_statements(),       outbox_statements(),
             purge_statements(),         account_list_statements(), account_change_statements(),
             dashboard_statements(),     audit_search_statements(), audit_seal_statements(),
             service_state_statements(), installation_statements(), second_factor_statements(),
             factor_change_statements(), passkey_statements(),      personal_token_statements(),
             token_warning_statements(),
         }) {
      out.insert(out.end(), list.begin(), list.end());
    }
    return out;
  }();
  return all;
}

std::vector<db::Statement> every_statement_by_token() {
  std::vector<db::Statement> out;
  for (const db::Statement* statement : every_statement()) {
    if (statement->sql.starts_with(kByToken.usual)) out.push_back(db::in_form(*statement, kByToken));
  }
  return out;
}

}  // namespace taskward::store
