// An account as administrators and the operator see it, which accounts a list shows, and what they change.
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

/// Of an account that is not active nothing else is said; a locked one has a name that is locked now.
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

/// Until when each way to show a password is locked; nothing where it is not.
struct AccountLocks {
  std::optional<Timestamp> email;     ///< logins by the address
  std::optional<Timestamp> username;  ///< logins by the user name
  std::optional<Timestamp> caller;    ///< showing it again when logged in

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

/// How many tasks there are; those in the trash are counted apart.
struct TaskCounts {
  std::int64_t todo = 0;
  std::int64_t in_progress = 0;
  std::int64_t done = 0;
  std::int64_t trash = 0;
};

struct AccountDetail : Account {
  std::int64_t live_sessions = 0;
  TaskCounts tasks;
  std::int64_t events = 0;  ///< security events by the account or about it in the last 24 hours
};

inline constexpr std::size_t kAccountSearchMaxCharacters = 200;

/// Which accounts. All that is given must hold.
struct AccountFilter {
  std::string text{};                  ///< a part of address, user name or name, in any case of ASCII
  std::vector<Role> roles{};           ///< one of these; empty means every role
  std::vector<AccountState> states{};  ///< one of these; empty means every state
};

/// What to change; what is not there stays. An empty name takes the name away.
struct AccountChange {
  std::optional<Role> role{};
  std::optional<bool> is_active{};
  std::optional<std::string> email{};
  std::optional<std::string> username{};
  std::optional<std::string> name{};
  bool unlock = false;          ///< lifts every lock of its names
  bool reset_password = false;  ///< mails a code to set a new password with
};

/// The state of the whole service.
struct Dashboard {
  std::array<std::int64_t, kRoles.size()> users_by_role{};           ///< in the order of kRoles
  std::array<std::int64_t, kAccountStates.size()> users_by_state{};  ///< in the order of kAccountStates
  std::int64_t locked_accounts = 0;                                  ///< those that are not active included
  TaskCounts tasks;
  std::int64_t live_sessions = 0;
  std::int64_t logins = 0;          ///< in the last 24 hours
  std::int64_t login_failures = 0;  ///< in the last 24 hours
  std::int64_t mail_waiting = 0;
  std::int64_t mail_dead = 0;
  std::vector<AuditRecord> events;  ///< the newest security events, the newest first
};
inline constexpr int kDashboardEvents = 20;

}  // namespace taskward::model
