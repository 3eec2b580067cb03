// Administration of accounts, by administrators and from the command line. Errors and audit records are those
// of store/administration.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/account.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/store/account_changes.hpp"
#include "taskward/store/account_lists.hpp"
#include "taskward/store/dashboard.hpp"

namespace taskward::domain {

using store::Actor;
using store::Administer;

inline constexpr int kAccountPageDefault = 20;
inline constexpr int kAccountPageMax = 100;

/// One page of the account list, newest first.
struct AccountQuery {
  model::AccountFilter filter{};
  int limit = kAccountPageDefault;
  std::optional<std::string> cursor{};
  store::AccountListing::Total total = store::AccountListing::Total::leave;
};
struct AccountPage {
  std::vector<model::Account> accounts;
  std::optional<std::string> next_cursor;  ///< none on the last page
  std::optional<std::int64_t> total;
};

/// 422 validation_failed for a cursor that was not issued to this administrator for this list.
[[nodiscard]] Result<AccountPage> list_accounts(const Resources& resources, const Administer& access,
                                                const AccountQuery& query, const model::Origin& origin);

/// An account to be created by an administrator. Without a password, its user logs in with a code.
struct AccountOrder {
  std::optional<std::string> email{};
  std::optional<std::string> username{};
  std::optional<std::string> name{};
  std::optional<Secret> password{};
  std::optional<model::Role> role{};  ///< DEFAULT_ROLE if omitted
  bool is_active = true;
};

/// An administrator's account is created with a recent authentication only: 403 reauthentication_required, or
/// insufficient_scope for a personal access token. 409 email_taken or username_taken; 422 if the password is
/// refused; 503 if too many passwords are being hashed.
[[nodiscard]] Result<model::Account> create_account(const Resources& resources, const Administer& access,
                                                    const AccountOrder& order, const model::Origin& origin);

/// Applies the whole change or nothing. Who can log in to an account, and making an administrator, is changed
/// with a recent authentication only, and a personal access token does not change its owner's account: 403
/// reauthentication_required or insufficient_scope. 422 validation_failed if a code is to be mailed to an
/// account that has no address or is not active, or if the password is refused. Only the command line sets
/// `password`.
[[nodiscard]] Result<model::Account> change_account(const Resources& resources, const Actor& actor,
                                                    const UserId& user, const model::AccountChange& change,
                                                    const std::optional<Secret>& password,
                                                    const model::Origin& origin);

/// 403 insufficient_scope for a personal access token of the account; 404 not_found.
[[nodiscard]] Result<Done> delete_account(const Resources& resources, const Administer& access,
                                          const UserId& user, const model::Origin& origin);

}  // namespace taskward::domain
