// The proof that a seal contains a record: the audit path from its leaf to the signed root.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_seal.hpp"
#include "taskward/store/audit_seals.hpp"

namespace taskward::domain {

struct AuditProof {
  model::SealableRecord record;
  std::int64_t place = 0;            ///< the index of the leaf in the seal, from 0
  std::vector<crypto::Sha256> path;  ///< RFC 6962, section 2.1.1
  model::AuditSeal seal;             ///< without leaves
};

enum class NoProof : std::uint8_t {
  no_record,      ///< no record has this id
  not_sealed,     ///< no seal contains it yet, or it was inserted later
  not_as_sealed,  ///< the record or the seal was changed
};

/// Runs in its own transaction.
[[nodiscard]] std::variant<AuditProof, NoProof> prove_record(
    db::Connection& database, const AuditId& id, store::IdSearch search = store::IdSearch::whole_log);

/// For an administrator; recorded as audit.read. 404 not_found if no record near the time in the id has it;
/// 409 record_not_sealed or seal_mismatch.
[[nodiscard]] Result<AuditProof> prove_record(const Resources& resources, const store::Administer& access,
                                              const AuditId& id, const model::Origin& origin);

}  // namespace taskward::domain
