// The table of rate limits. They are exact across all workers and hosts.
#pragma once

#include <chrono>
#include <string_view>

namespace taskward::model {

/// A sliding window: at most this many attempts in any period of that length.
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
inline constexpr Limit kSecondFactorLimit{"second_factor", 30, std::chrono::seconds(60)};
/// How long a new TOTP secret can be confirmed.
inline constexpr std::chrono::seconds kTotpPendingLifetime{600};
/// Of one account: those of other systems may be short.
inline constexpr Limit kRecoveryCodeLimit{"recovery_code", 10, std::chrono::seconds(3600)};

/// Consecutive failures after which a name or an account is locked, and the durations of the first and the
/// longest lock; each lock lasts twice as long as the previous one (NIST SP 800-63B-4, section 3.2.2: at most
/// 100 consecutive failures).
inline constexpr int kLockAfter = 5;
inline constexpr std::chrono::seconds kLockFirst{15 * 60};
inline constexpr std::chrono::seconds kLockMost{24 * 3600};

}  // namespace taskward::model
