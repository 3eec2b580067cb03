// Deleting expired rows in small batches, so that no statement holds many locks or takes long.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "taskward/db/connection.hpp"

namespace taskward::store {

/// What is deleted, and when.
enum class Purge : std::uint8_t {
  one_time_codes,    ///< expired over an hour ago
  attempts,          ///< the last attempt over two hours ago
  lockouts,          ///< the last failure over a week ago, and not locked
  refresh_tokens,    ///< expired over a day ago
  sessions,          ///< expired or revoked over 30 days ago, after their refresh tokens have been deleted
  handed_over_mail,  ///< over a week ago
  dead_mail,         ///< dead for over 30 days
  idempotency_keys,  ///< first used over kIdempotencyPeriod ago
  mfa_logins,        ///< expired
  challenges,        ///< for passkeys: expired
  pending_totp,      ///< secrets that can no longer be confirmed
  personal_tokens,   ///< expired or revoked over 30 days ago
};

inline constexpr std::int64_t kPurgeBatch = 500;

[[nodiscard]] std::span<const Purge> every_purge() noexcept;
/// The name in log events.
[[nodiscard]] std::string_view name(Purge purge) noexcept;

/// Deletes up to kPurgeBatch rows, skipping locked ones, and returns how many.
[[nodiscard]] std::int64_t purge_batch(db::Connection& database, Purge purge);

}  // namespace taskward::store
