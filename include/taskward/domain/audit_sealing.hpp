// Sealing the audit record, a batch at a time. Any number of hosts may do so: one at a time does.
//
// A seal takes the records of all transactions that are over and that no seal has taken, so that a slow
// transaction keeps only itself waiting. Where the numbers of transactions begin anew (the database was
// restored into another cluster) a new era begins: its first seals take every record that has no leaf.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
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

/// How long a record waits, at most, and how long it takes to seal.
inline constexpr std::chrono::milliseconds kSealInterval{3'000};
/// A seal of nothing shows that nothing happened.
inline constexpr std::chrono::hours kEmptySealInterval{1};
/// A seal holds no more records than that, unless one transaction wrote more.
inline constexpr std::int64_t kSealBatch = 10'000;

class AuditSealer {
 public:
  /// Asked at least once a second while a seal is made; true ends that.
  using GiveUp = std::function<bool()>;

  AuditSealer(crypto::SigningKey key, const Clock& clock, RandomSource& random,
              std::int64_t batch = kSealBatch)
      : key_(std::move(key)), clock_(clock), random_(random), batch_(batch) {}

  /// Makes a seal, if there is something to seal, and says how long to wait before the next call.
  [[nodiscard]] std::chrono::milliseconds next(db::Connection& database, const Log& log,
                                               const GiveUp& give_up);

 private:
  enum class Made : std::uint8_t { nothing, all, some };

  /// Why a new era must begin; nothing when the newest seal can be followed.
  [[nodiscard]] std::optional<std::string_view> reason_for_new_era(const store::SealingGround& ground) const;
  Made seal_transactions(db::Connection& database, const store::SealingGround& ground,
                         const GiveUp& give_up) const;
  Made begin_era(db::Connection& database, const Log& log, const GiveUp& give_up);
  void seal_what_has_no_leaf(db::Connection& database, model::AuditSeal draft, const GiveUp& give_up) const;

  crypto::SigningKey key_;
  const Clock& clock_;
  RandomSource& random_;
  std::int64_t batch_;
};

}  // namespace taskward::domain
