// The proof that one record is in a seal: the way from its leaf to the root that was signed.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "taskward/crypto/digest.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_seal.hpp"

namespace taskward::domain {

struct AuditProof {
  model::SealableRecord record;
  std::int64_t place = 0;            ///< of the leaf among the seal's records, from 0
  std::vector<crypto::Sha256> path;  ///< RFC 6962, section 2.1.1
  model::AuditSeal seal;             ///< without leaves
};

enum class NoProof : std::uint8_t {
  no_record,      ///< there is no record of that id
  not_sealed,     ///< no seal has it yet, or it was slipped in
  not_as_sealed,  ///< it was changed since, or the seal was
};

/// Within a transaction of its own.
[[nodiscard]] std::variant<AuditProof, NoProof> prove_record(db::Connection& database, const AuditId& id);

}  // namespace taskward::domain
