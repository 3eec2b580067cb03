// Accounts and the state of the service, for those who administer them: administrators by their access, and
// the operator at the shell. Each look and each deed is recorded in its own statement, the operator's without
// an actor.
//
// All of it may be refused with 401 invalid_token when an administrator's session has ended, and 403
// forbidden (audited) when the role is another now. The operator is never refused so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/account.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/session.hpp"
#include "taskward/store/codes.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

using Administer = model::Access<model::Permission::administer>;

/// Who acts. An administrator's access outlives it.
class Actor {
 public:
  Actor(const Administer& access) noexcept : administrator_(&access) {}  // NOLINT: implicit on purpose
  Actor(const Administer&&) = delete;
  /// For the operator's command only, which whoever may read the service's secrets can run.
  [[nodiscard]] static Actor the_operator() noexcept { return {}; }

  /// Null for the operator.
  [[nodiscard]] const Administer* administrator() const noexcept { return administrator_; }

 private:
  Actor() = default;
  const Administer* administrator_ = nullptr;
};

[[nodiscard]] Result<model::Dashboard> read_dashboard(db::Connection& database, const Administer& access,
                                                      const model::AuditStamp& stamp);

/// A place in the list of accounts, which begins with the newest: a page begins behind one.
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

/// What must be known of an account before mail to it can be sealed, or a password for it judged. Not
/// recorded: nobody is shown it.
struct Addressee {
  std::optional<std::string> email;
  std::optional<std::string> username;
  bool is_active = true;
};
/// 404 not_found.
[[nodiscard]] Result<Addressee> find_addressee(db::Connection& database, const Actor& actor,
                                               const UserId& user);

/// A code to set a new password with, and the mail it goes out by.
struct PasswordResetMail {
  NewCode code;
  SealedMail mail;
};

struct AccountChangeOrder {
  UserId user;
  model::AccountChange change;
  std::optional<std::string> password_hash;  ///< ends the account's sessions
  /// Whether mail is sealed for an address: then the account must still have `addressee`.
  std::optional<PasswordResetMail> reset;
  std::optional<SealedMail> announcement;  ///< to the old address; sent if it is another than the new one
  std::optional<std::string> addressee;
  AuditId unlock_record;  ///< the id of the record of a lock that is lifted
  AuditId reset_record;   ///< the id of the record of a code that is mailed
};

/// All of the change or nothing of it; gives the account as it is afterwards. An address that was set so is
/// not proved, and with it, with a new password and with a deactivation the account's sessions end. Nothing
/// when the account's address has changed meanwhile. 404 not_found; 409 email_taken, username_taken or
/// last_administrator; 429 too_many_requests for a code. All but the first are recorded.
[[nodiscard]] Result<std::optional<model::Account>> change_account(db::Connection& database,
                                                                   const Actor& actor,
                                                                   const AccountChangeOrder& order,
                                                                   const model::AuditStamp& stamp);

/// With everything that is its own. 404 not_found; 409 last_administrator.
[[nodiscard]] Result<Done> delete_account(db::Connection& database, const Actor& actor, const UserId& user,
                                          const model::AuditStamp& stamp);

/// Ends all sessions of the account, also those that begin at this moment; how many were alive. 404
/// not_found.
[[nodiscard]] Result<std::int64_t> end_sessions(db::Connection& database, const Actor& actor,
                                                const UserId& user, const model::AuditStamp& stamp);

// For the operator alone.

/// Whose id, e-mail address or user name that is.
[[nodiscard]] std::optional<UserId> find_account(db::Connection& database, const std::string& text);

/// The account's live sessions, the one last used first. Recorded as a look at the account.
[[nodiscard]] std::vector<model::Session> list_sessions_of(db::Connection& database, const UserId& user,
                                                           const model::AuditStamp& stamp);

/// Ends one live session of the account. 404 not_found.
[[nodiscard]] Result<Done> end_session_of(db::Connection& database, const UserId& user,
                                          const SessionId& session, const model::AuditStamp& stamp);

}  // namespace taskward::store
