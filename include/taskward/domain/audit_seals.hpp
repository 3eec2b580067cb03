// What a seal of the audit record is made of: hashes, a tree, a signature.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "taskward/base/secret.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "taskward/model/audit_seal.hpp"

namespace taskward::domain {

/// The Ed25519 pair whose private half (RFC 8032, 32 bytes) that is: DerivedKeys::seals.
[[nodiscard]] crypto::SigningKey seal_key(const Secret& private_half);

[[nodiscard]] model::AuditLeaf leaf_of(const model::SealableRecord& record);

/// The leaves' bytes in a row, and the root of their tree.
[[nodiscard]] std::string joined_leaves(std::span<const model::AuditLeaf> leaves);
[[nodiscard]] std::string root_of(std::string_view leaves);

/// What the next seal calls `previous`: SHA-256 of what was signed.
[[nodiscard]] std::string hash_of(const model::AuditSeal& seal);

/// The seal with everything that follows from its leaves, and its signature. The rest must be there.
[[nodiscard]] model::AuditSeal completed(model::AuditSeal draft, std::span<const model::AuditLeaf> leaves,
                                         const crypto::SigningKey& key);

}  // namespace taskward::domain
