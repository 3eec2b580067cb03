// Verifying the audit log against its seals; reports the first difference.
//
// It cannot detect changes made before a record was sealed. That the newest seals were removed and created
// again by the service is only detected with a seal that was stored elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "taskward/crypto/verification_key.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/domain/audit_chain.hpp"
#include "taskward/store/audit_walk.hpp"

namespace taskward::domain {

struct AuditCheck {
  store::AuditSpan span;  ///< the records to compare; seals are always all verified
  std::vector<crypto::VerificationKey> keys;
  std::optional<KeptHead> kept;
  std::chrono::months retention{};  ///< how long records are kept; zero means forever
  std::optional<Timestamp> as_of;   ///< when the record was copied; missing if it is the live one
  std::function<void(std::int64_t records)> progress{};  ///< called after every 1000 records, if it is set
};

/// An unsealed record older than this is reported as a warning (`doubts`).
inline constexpr std::chrono::seconds kMaxUnsealedAge{60};
/// The tolerance between the times of a record and its seal, because the server's clock may be adjusted.
inline constexpr std::chrono::seconds kClockSlack{5};

struct AuditVerdict {
  std::optional<AuditFault> fault;  ///< the first; the counters stop there
  std::vector<std::string> doubts;  ///< sentences
  std::int64_t seals = 0;
  std::int64_t records = 0;            ///< compared with their leaves
  std::int64_t unsealed = 0;           ///< not sealed yet
  std::int64_t dropped = 0;            ///< dropped with their month
  std::optional<Timestamp> sealed_at;  ///< the time of the newest seal
};

/// Runs in its own transaction and changes nothing.
[[nodiscard]] AuditVerdict verify_audit(db::Connection& database, const AuditCheck& check);

}  // namespace taskward::domain
