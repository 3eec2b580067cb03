// Merkle trees with SHA-256 (RFC 6962, section 2.1): the root of a list of leaves, and inclusion proofs.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "taskward/crypto/digest.hpp"

namespace taskward::crypto {

/// SHA-256 of 0x00 and the bytes of the leaf.
[[nodiscard]] Sha256 leaf_hash(std::string_view leaf);

/// MTH of the leaf hashes; SHA-256 of the empty string if there are none.
[[nodiscard]] Sha256 merkle_root(std::span<const Sha256> leaves);

/// The audit path of the leaf with that index (section 2.1.1), which must be valid, from the leaf to the
/// root.
[[nodiscard]] std::vector<Sha256> merkle_path(std::span<const Sha256> leaves, std::size_t index);

}  // namespace taskward::crypto
