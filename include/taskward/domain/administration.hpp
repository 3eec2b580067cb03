// Administering accounts: by administrators, and by the operator at the shell. Refusals and records are those
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

[[nodiscard]] Result<model::Dashboard> read_dashboard(const Resources& resources, const Administer& access,
                                                      const model::Origin& origin);

/// One page of the list of accounts, the newest first.
struct AccountQuery {
  model::AccountFilter filter{};
  int limit = kAccountPageDefault;
  std::optional<std::string> cursor{};
  store::AccountListing::Total total = store::AccountListing::Total::leave;
};
struct AccountPage {
  std::vector<model::Account> accounts;
  std::optional<std::string> next_cursor;  ///< nothing on the last page
  std::optional<std::int64_t> total;
};

/// 422 validation_failed for a cursor that this administrator was not given for this list.
[[nodiscard]] Result<AccountPage> list_accounts(const Resources& resources, const Administer& access,
                                                const AccountQuery& query, const model::Origin& origin);

[[nodiscard]] Result<model::AccountDetail> read_account(const Resources& resources, const Administer& access,
                                                        const UserId& user, const model::Origin& origin);

/// An account that an administrator makes for somebody. Without a password its owner logs in by a code.
struct AccountOrder {
  std::optional<std::string> email{};
  std::optional<std::string> username{};
  std::optional<std::string> name{};
  std::optional<Secret> password{};
  std::optional<model::Role> role{};  ///< else DEFAULT_ROLE
  bool is_active = true;
};

/// 409 email_taken or username_taken; 422 when the password is refused; 503 when too many are being hashed.
[[nodiscard]] Result<model::Account> create_account(const Resources& resources, const Administer& access,
                                                    const AccountOrder& order, const model::Origin& origin);

/// All of it or nothing. 422 validation_failed when a code is to be mailed to an account that has no address,
/// or is not active; 422 for a refused password. `password` is for the operator.
[[nodiscard]] Result<model::Account> change_account(const Resources& resources, const Actor& actor,
                                                    const UserId& user, const model::AccountChange& change,
                                                    const std::optional<Secret>& password,
                                                    const model::Origin& origin);

[[nodiscard]] Result<Done> delete_account(const Resources& resources, const Administer& access,
                                          const UserId& user, const model::Origin& origin);

/// How many sessions were ended.
[[nodiscard]] Result<std::int64_t> end_sessions(const Resources& resources, const Administer& access,
                                                const UserId& user, const model::Origin& origin);

}  // namespace taskward::domain
