// Accounts as seen and changed by administrators and on the command line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/model/audit_record.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/user.hpp"

namespace taskward::model {

/// Inactive takes precedence over locked; locked means that a login name is currently locked.
enum class AccountState : std::uint8_t { active, inactive, locked };
inline constexpr std::array kAccountStates{AccountState::active, AccountState::inactive,
                                           AccountState::locked};

[[nodiscard]] constexpr std::string_view name(AccountState state) noexcept {
  switch (state) {
    case AccountState::active:
      return "active";
    case AccountState::inactive:
      return "inactive";
    case AccountState::locked:
      return "locked";
  }
  return "";
}

[[nodiscard]] constexpr std::optional<AccountState> account_state(std::string_view text) noexcept {
  for (const AccountState state : kAccountStates) {
    if (name(state) == text) return state;
  }
  return std::nullopt;
}

/// When each lock on password checks ends; nothing if there is no lock.
struct AccountLocks {
  std::optional<Timestamp> email;     ///< logins with the e-mail address
  std::optional<Timestamp> username;  ///< logins with the user name
  std::optional<Timestamp> caller;    ///< all password checks, also those in a session

  [[nodiscard]] bool any() const noexcept { return email || username || caller; }
};

struct Account : User {
  Timestamp updated_at;
  std::optional<Timestamp> last_login_at;
  AccountLocks locked_until;

  [[nodiscard]] AccountState state() const noexcept {
    if (!is_active) return AccountState::inactive;
    return locked_until.any() ? AccountState::locked : AccountState::active;
  }
};

/// Tasks by status, excluding those in the trash.
struct TaskCounts {
  std::int64_t todo = 0;
  std::int64_t in_progress = 0;
  std::int64_t done = 0;
  std::int64_t trash = 0;
};

struct AccountDetail : Account {
  std::int64_t live_sessions = 0;
  TaskCounts tasks;
  std::int64_t events = 0;  ///< security events of the last 24 hours by or about the account
};

inline constexpr std::size_t kAccountSearchMaxCharacters = 200;

/// Selects accounts that satisfy all conditions.
struct AccountFilter {
  std::string text{};         ///< substring of address, user name or name; ignores the case of ASCII letters
  std::vector<Role> roles{};  ///< one of these; empty means every role
  std::vector<AccountState> states{};  ///< one of these; empty means every state
};

/// Members without a value are not changed. An empty name removes the name.
struct AccountChange {
  std::optional<Role> role{};
  std::optional<bool> is_active{};
  std::optional<std::string> email{};
  std::optional<std::string> username{};
  std::optional<std::string> name{};
  bool unlock = false;          ///< removes all locks
  bool reset_password = false;  ///< mails a code to set a new password
};

/// The state of the whole service.
struct Dashboard {
  std::array<std::int64_t, kRoles.size()> users_by_role{};           ///< in the order of kRoles
  std::array<std::int64_t, kAccountStates.size()> users_by_state{};  ///< in the order of kAccountStates
  std::int64_t locked_accounts = 0;                                  ///< including inactive accounts
  TaskCounts tasks;
  std::int64_t live_sessions = 0;
  std::int64_t logins = 0;          ///< in the last 24 hours
  std::int64_t login_failures = 0;  ///< in the last 24 hours
  std::int64_t mail_waiting = 0;
  std::int64_t mail_dead = 0;
  std::vector<AuditRecord> events;  ///< the newest security events, newest first
};
inline constexpr int kDashboardEvents = 20;

/// What happened on one day, in UTC.
struct DayStatistics {
  std::string date;  ///< 2026-01-31
  std::int64_t logins = 0;
  std::int64_t login_failures = 0;
  std::int64_t tasks_created = 0;    ///< of tasks that were not permanently deleted since
  std::int64_t tasks_completed = 0;  ///< of those that are still done
};
inline constexpr int kStatisticsDaysDefault = 30, kStatisticsDaysMax = 90;

}  // namespace taskward::model
