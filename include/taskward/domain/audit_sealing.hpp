// Sealing the audit log in batches. Several hosts may run this; an advisory lock lets one seal at a time.
//
// A seal covers the records of all finished transactions that no earlier seal covers, so a slow transaction
// delays only its own records. If transaction ids restart, because the database was restored into another
// cluster, a new era begins: its first seals cover every record without a leaf.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_seal.hpp"
#include "taskward/store/audit_seals.hpp"

namespace taskward::domain {

/// The interval between seals: a record is sealed after at most this time plus the time for sealing.
inline constexpr std::chrono::milliseconds kSealInterval{3'000};
/// An empty seal proves that nothing happened.
inline constexpr std::chrono::hours kEmptySealInterval{1};
/// The maximum number of records per seal, unless a single transaction wrote more.
inline constexpr std::int64_t kSealBatch = 10'000;

class AuditSealer {
 public:
  AuditSealer(crypto::SigningKey key, const Clock& clock, RandomSource& random,
              std::int64_t batch = kSealBatch)
      : key_(std::move(key)), clock_(clock), random_(random), batch_(batch) {}

  /// Creates a seal if there is something to seal; returns the time to wait before the next call.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log,
                                               const GiveUp& give_up);

 private:
  enum class Sealed : std::uint8_t { nothing, all, some };

  /// Why a new era must begin; nothing if the newest seal can be continued.
  [[nodiscard]] std::optional<std::string_view> reason_for_new_era(
      const store::SealingSnapshot& ground) const;
  Sealed seal_transactions(db::Connection& database, const store::SealingSnapshot& ground,
                           const GiveUp& give_up) const;
  Sealed begin_era(db::Connection& database, const Log& log, const GiveUp& give_up);
  void seal_records_without_leaf(db::Connection& database, model::AuditSeal draft,
                                 const GiveUp& give_up) const;

  crypto::SigningKey key_;
  const Clock& clock_;
  RandomSource& random_;
  std::int64_t batch_;
};

}  // namespace taskward::domain
