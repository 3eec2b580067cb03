// Merkle trees over SHA-256, as RFC 6962, section 2.1 has them: a root for a list of leaves, and proofs that
// one leaf is in the list.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "taskward/crypto/digest.hpp"

namespace taskward::crypto {

/// SHA-256 of 0x00 and the leaf's bytes.
[[nodiscard]] Sha256 leaf_hash(std::string_view leaf);

/// MTH of the leaf hashes; of none, SHA-256 of nothing.
[[nodiscard]] Sha256 merkle_root(std::span<const Sha256> leaves);

/// The audit path of the leaf at that place (section 2.1.1), which must be below the number of leaves: the
/// nodes beside its way to the root, from the leaf on.
[[nodiscard]] std::vector<Sha256> merkle_path(std::span<const Sha256> leaves, std::size_t place);

}  // namespace taskward::crypto
