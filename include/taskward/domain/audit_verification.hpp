// Checking the whole audit record against its seals: names the first thing that is not as it was sealed.
//
// It cannot see what somebody did before the record was sealed, nor that the newest seals were cut off and
// made anew by the service; a seal that was kept somewhere else shows the latter.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/crypto/verification_key.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/domain/audit_chain.hpp"
#include "taskward/store/audit_walk.hpp"

namespace taskward::domain {

struct AuditCheck {
  store::AuditSpan span;  ///< which records are compared; seals are checked all of them
  std::vector<crypto::VerificationKey> keys;
  std::optional<KeptHead> kept;
  std::chrono::months retention{};  ///< how long records must be there; zero is for ever
};

/// A record that waits longer than this to be sealed is a doubt.
inline constexpr std::chrono::seconds kUnsealedMost{60};
/// By how much a record's time and its seal's may disagree: the server's clock may be set.
inline constexpr std::chrono::seconds kClockSlack{5};

struct AuditVerdict {
  std::optional<AuditFault> fault;  ///< the first; the numbers are those up to it
  std::vector<std::string> doubts;  ///< sentences
  std::int64_t seals = 0;
  std::int64_t records = 0;            ///< compared with their leaf
  std::int64_t unsealed = 0;           ///< too young
  std::int64_t dropped = 0;            ///< gone with their month
  std::optional<Timestamp> sealed_at;  ///< when the newest seal was made
};

/// Begins and ends a transaction of its own, and changes nothing.
[[nodiscard]] AuditVerdict verify_audit(db::Connection& database, const AuditCheck& check);

}  // namespace taskward::domain
