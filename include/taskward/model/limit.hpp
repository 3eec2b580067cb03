// How often one client may try, exactly, over all workers and hosts: THE table.
#pragma once

#include <chrono>
#include <string_view>

namespace taskward::model {

/// So many attempts in any window of that length; the next is refused until the oldest is that old.
struct Limit {
  std::string_view kind;  ///< in taskward.attempts
  int most;
  std::chrono::seconds window;
};

inline constexpr Limit kLoginLimit{"login", 5, std::chrono::seconds(60)};
inline constexpr Limit kRegisterLimit{"register", 60, std::chrono::seconds(60)};
inline constexpr Limit kRefreshLimit{"refresh", 120, std::chrono::seconds(60)};
inline constexpr Limit kCodeRequestLimit{"code_request", 30, std::chrono::seconds(60)};
inline constexpr Limit kCodeCheckLimit{"code_check", 60, std::chrono::seconds(60)};

/// Failures in a row after which a name is locked, for how long the first time, and at most; each lock
/// lasts twice as long as the one before (NIST SP 800-63B-4, 3.2.2: at most 100 failures in a row).
inline constexpr int kLockAfter = 5;
inline constexpr std::chrono::seconds kLockFirst{15 * 60};
inline constexpr std::chrono::seconds kLockMost{24 * 3600};

}  // namespace taskward::model
