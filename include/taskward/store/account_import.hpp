// Imports accounts from another system: all of them or none.
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

/// Invariant: at least one of email and username is present.
struct ImportedAccount {
  UserId id;
  AuditId record;  ///< the id of the account's audit record
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<std::string> name;
  std::optional<std::string> password_hash;
  model::Role role = model::Role::user;
  bool is_active = true;
  bool email_verified = false;
  std::optional<std::string> sealed_totp;
  std::vector<std::string> recovery_hashes;  ///< of recovery codes; none without TOTP
};

/// In lower case.
struct TakenNames {
  std::vector<std::string> emails;
  std::vector<std::string> usernames;
};

/// The names of the accounts that exist in the database already.
[[nodiscard]] TakenNames find_taken_names(db::Connection& database,
                                          std::span<const ImportedAccount> accounts);

enum class ImportOutcome : std::uint8_t { done, name_taken };

/// Runs in one transaction. Each account gets an audit record, which has no actor. With `name_taken` nothing
/// was imported: a name has been taken since find_taken_names, or occurs twice among the accounts.
[[nodiscard]] ImportOutcome import_accounts(db::Connection& database,
                                            std::span<const ImportedAccount> accounts);

}  // namespace taskward::store
