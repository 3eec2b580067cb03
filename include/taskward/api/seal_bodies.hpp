// Sealed records, seals and proofs as JSON, as docs/seals.md specifies them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "taskward/api/parts.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "taskward/domain/audit_proof.hpp"
#include "taskward/model/audit_seal.hpp"
#include "taskward/store/audit_seals.hpp"

namespace taskward::api {

/// A record with every member that is sealed.
[[nodiscard]] const Parts<model::SealableRecord>& sealed_record_parts();
/// Without leaves.
[[nodiscard]] const Parts<model::AuditSeal>& seal_parts();
/// With leaves, which are null if they were not loaded.
[[nodiscard]] const Parts<model::AuditSeal>& exported_seal_parts();

/// SubjectPublicKeyInfo in PEM (RFC 7468).
[[nodiscard]] std::string public_pem(const crypto::SigningKey& key);

struct ProofBody {
  domain::AuditProof proof;
  std::string public_key;  ///< PEM
};
[[nodiscard]] const Parts<ProofBody>& proof_parts();

/// The newest seal, to be kept elsewhere.
struct HeadBody {
  HeadBody(const store::Head& head, const crypto::SigningKey& key);

  std::int64_t number;
  std::string hash;  ///< like the other texts, in hexadecimal
  std::string root;
  std::int64_t records;  ///< in all seals
  std::string sealed_at;
  std::string public_key_sha256;
  std::string signature;
};
[[nodiscard]] const Parts<HeadBody>& head_parts();

struct SealStateBody {
  std::optional<HeadBody> newest;  ///< none before the first seal
  std::chrono::seconds lag{};      ///< the age of the oldest record without a seal
};
[[nodiscard]] const Parts<SealStateBody>& seal_state_parts();

}  // namespace taskward::api
