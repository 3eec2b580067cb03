#include "taskward/domain/account_import.hpp"

#include <algorithm>
#include <unordered_map>

#include "taskward/base/text.hpp"

namespace taskward::domain {
namespace {

using LineByName = std::unordered_map<std::string, std::size_t>;

void refuse_taken(const std::vector<std::string>& taken, const LineByName& lines, std::string_view column,
                  std::vector<RefusedLine>& refused) {
  for (const std::string& name : taken) {
    refused.push_back({lines.at(name), std::string(column) + ": is already in use by an account"});
  }
}

/// The lines whose names belong to accounts in the database.
std::vector<RefusedLine> taken_lines(db::Connection& database, const AccountFile& file) {
  const store::TakenNames taken = store::find_taken_names(database, file.accounts);
  LineByName emails;
  LineByName usernames;
  for (std::size_t i = 0; i < file.accounts.size(); ++i) {
    const store::ImportedAccount& one = file.accounts[i];
    if (one.email) emails.emplace(lower(*one.email), file.lines[i]);
    if (one.username) usernames.emplace(lower(*one.username), file.lines[i]);
  }
  std::vector<RefusedLine> refused;
  refuse_taken(taken.emails, emails, "email", refused);
  refuse_taken(taken.usernames, usernames, "username", refused);
  return refused;
}

}  // namespace

Result<std::vector<RefusedLine>> import_accounts(db::Connection& database, const AccountFile& file,
                                                 ImportMode mode) {
  std::vector<RefusedLine> refused = taken_lines(database, file);
  refused.insert(refused.end(), file.refused.begin(), file.refused.end());
  if (refused.empty() && mode == ImportMode::import &&
      store::import_accounts(database, file.accounts) == store::ImportOutcome::name_taken) {
    refused = taken_lines(database, file);
    if (refused.empty()) {
      return Error(ErrorCode::service_unavailable,
                   "Names were in use temporarily while the accounts were imported; nothing was changed.");
    }
  }
  std::stable_sort(refused.begin(), refused.end(),
                   [](const RefusedLine& a, const RefusedLine& b) { return a.line < b.line; });
  return refused;
}

}  // namespace taskward::domain
