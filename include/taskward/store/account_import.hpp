// Accounts of another system, made many at once: all of them or none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "taskward/base/ids.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/user.hpp"

namespace taskward::store {

/// As another system had it. Invariant: at least one of email and username is there.
struct ImportedAccount {
  UserId id;
  AuditId record;  ///< of the audit record beside it
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<std::string> name;
  std::optional<std::string> password_hash;
  model::Role role = model::Role::user;
  bool is_active = true;
  bool email_verified = false;
};

/// In lower case.
struct TakenNames {
  std::vector<std::string> emails;
  std::vector<std::string> usernames;
};

/// Those of the accounts' names that accounts in the database have.
[[nodiscard]] TakenNames find_taken_names(db::Connection& database,
                                          std::span<const ImportedAccount> accounts);

enum class ImportOutcome : std::uint8_t { done, name_taken };

/// In one transaction, each with its audit record, which has no actor. `name_taken` leaves nothing behind:
/// somebody has taken a name since it was looked for, or the accounts share one.
[[nodiscard]] ImportOutcome import_accounts(db::Connection& database,
                                            std::span<const ImportedAccount> accounts);

}  // namespace taskward::store
