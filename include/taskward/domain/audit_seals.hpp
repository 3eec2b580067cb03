// The parts of a seal of the audit log: hashes, Merkle tree and signature.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "taskward/base/secret.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "taskward/model/audit_seal.hpp"

namespace taskward::domain {

/// The Ed25519 key pair of a private key (RFC 8032, 32 bytes): DerivedKeys::seals.
[[nodiscard]] crypto::SigningKey seal_key(const Secret& private_half);

[[nodiscard]] model::AuditLeaf leaf_of(const model::SealableRecord& record);

/// The concatenated bytes of the leaves, and the root of their Merkle tree.
[[nodiscard]] std::string joined_leaves(std::span<const model::AuditLeaf> leaves);
[[nodiscard]] std::string root_of(std::string_view leaves);

/// SHA-256 of the signed bytes: `previous` of the next seal.
[[nodiscard]] std::string hash_of(const model::AuditSeal& seal);

/// The seal with all members that follow from its leaves, and the signature. The draft has the others.
[[nodiscard]] model::AuditSeal completed(model::AuditSeal draft, std::span<const model::AuditLeaf> leaves,
                                         const crypto::SigningKey& key);

}  // namespace taskward::domain
