// Reading accounts for administration. Every read is recorded by its own statement, except where noted.
//
// All functions that take an actor return 401 invalid_token when an administrator's session has ended, and
// 403 forbidden (recorded) when the user is no longer an administrator. The operator is always permitted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/account.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/session.hpp"
#include "taskward/store/actor.hpp"

namespace taskward::store {

/// A position in the list of accounts, which is ordered newest first. A page begins after a position.
struct AccountPosition {
  Timestamp created_at;
  UserId id;
};

struct AccountListing {
  enum class Total : std::uint8_t { leave, count };

  model::AccountFilter filter;
  int limit = 0;
  std::optional<AccountPosition> after{};
  Total total = Total::leave;
};

struct ListedAccounts {
  std::vector<model::Account> accounts;
  std::optional<std::int64_t> total;
};

[[nodiscard]] Result<ListedAccounts> list_accounts(db::Connection& database, const Actor& actor,
                                                   const AccountListing& listing,
                                                   const model::AuditStamp& stamp);

/// 404 not_found.
[[nodiscard]] Result<model::AccountDetail> read_account(db::Connection& database, const Actor& actor,
                                                        const UserId& user, const model::AuditStamp& stamp);

/// What is needed to seal a mail to an account, or to check a new password for it.
struct Addressee {
  std::optional<std::string> email;
  std::optional<std::string> username;
  bool is_active = true;
};
/// Not recorded, because it is not shown to the actor. 403 forbidden, recorded as a change that was denied;
/// 404 not_found.
[[nodiscard]] Result<Addressee> find_addressee(db::Connection& database, const Actor& actor,
                                               const UserId& user, const model::AuditStamp& stamp);

// For the operator only.

/// The account with that id, e-mail address or user name. Not recorded.
[[nodiscard]] std::optional<UserId> find_account(db::Connection& database, const std::string& text);

/// The account's live sessions, the most recently used first. Recorded as reading the account.
[[nodiscard]] std::vector<model::Session> list_sessions_of(db::Connection& database, const UserId& user,
                                                           const model::AuditStamp& stamp);

}  // namespace taskward::store
