// Verification of the chain of seals: each must be signed, follow its predecessor, and match its leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "taskward/crypto/verification_key.hpp"
#include "taskward/model/audit_seal.hpp"

namespace taskward::domain {

// X(enumerator, name)
#define TASKWARD_AUDIT_FAULTS(X)            \
  X(record_changed, "record_changed")       \
  X(record_removed, "record_removed")       \
  X(record_reordered, "record_reordered")   \
  X(record_slipped_in, "record_slipped_in") \
  X(seal_changed, "seal_changed")           \
  X(seal_removed, "seal_removed")           \
  X(seal_reordered, "seal_reordered")       \
  X(chain_cut, "chain_cut")                 \
  X(chain_replaced, "chain_replaced")

enum class AuditFaultKind : std::uint8_t {
#define X(kind, text) kind,
  TASKWARD_AUDIT_FAULTS(X)
#undef X
};

[[nodiscard]] std::string_view name(AuditFaultKind kind) noexcept;

struct AuditFault {
  AuditFaultKind kind = AuditFaultKind::record_changed;
  std::optional<AuditId> record;
  std::optional<Timestamp> at;  ///< the record's time, current or former
  std::optional<std::int64_t> seal;
  std::string what;  ///< a sentence for the report
};

/// A seal that was stored outside the database.
struct KeptHead {
  std::int64_t number = 0;
  std::string hash;  ///< 32 bytes
};

class AuditChain {
 public:
  /// A seal may be signed by any of the keys. Records before `dropped_before` may be missing.
  AuditChain(std::vector<crypto::VerificationKey> keys, std::optional<KeptHead> kept,
             std::optional<Timestamp> dropped_before)
      : keys_(std::move(keys)), kept_(std::move(kept)), dropped_before_(dropped_before) {}

  /// Adds the next seal by number; returns the fault of the seal or of its position, if any.
  [[nodiscard]] std::optional<AuditFault> add(const model::AuditSeal& seal);
  /// Called after the last seal.
  [[nodiscard]] std::optional<AuditFault> end() const;

  [[nodiscard]] std::int64_t seals() const noexcept { return newest_ ? newest_->number : 0; }
  [[nodiscard]] std::int64_t records() const noexcept { return records_; }
  /// The number of records whose leaves were dropped as well.
  [[nodiscard]] std::int64_t records_without_leaves() const noexcept { return without_leaves_; }
  /// Without leaves.
  [[nodiscard]] const std::optional<model::AuditSeal>& newest() const noexcept { return newest_; }

 private:
  [[nodiscard]] bool is_signed(const model::AuditSeal& seal) const;
  [[nodiscard]] std::optional<AuditFault> fault_of_position(const model::AuditSeal& seal) const;
  [[nodiscard]] std::optional<AuditFault> fault_of_leaves(const model::AuditSeal& seal);

  std::vector<crypto::VerificationKey> keys_;
  std::optional<KeptHead> kept_;
  std::optional<Timestamp> dropped_before_;
  std::optional<model::AuditSeal> newest_;
  std::string newest_hash_ = std::string(32, '\0');
  std::int64_t records_ = 0;
  std::int64_t without_leaves_ = 0;
};

}  // namespace taskward::domain
