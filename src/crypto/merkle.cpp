#include "taskward/crypto/merkle.hpp"

#include <algorithm>
#include <bit>
#include <string>

namespace taskward::crypto {
namespace {

Sha256 node_hash(const Sha256& left, const Sha256& right) {
  std::array<char, 65> bytes{'\1'};
  view(left).copy(bytes.data() + 1, left.size());
  view(right).copy(bytes.data() + 1 + left.size(), right.size());
  return sha256({bytes.data(), bytes.size()});
}

/// The largest power of two less than the size, which must be at least 2.
std::size_t split_of(std::size_t size) { return std::bit_floor(size - 1); }

}  // namespace

Sha256 leaf_hash(std::string_view leaf) {
  std::string bytes(1, '\0');
  bytes += leaf;
  return sha256(bytes);
}

Sha256 merkle_root(std::span<const Sha256> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves.front();
  const std::size_t split = split_of(leaves.size());
  return node_hash(merkle_root(leaves.first(split)), merkle_root(leaves.subspan(split)));
}

std::vector<Sha256> merkle_path(std::span<const Sha256> leaves, std::size_t index) {
  std::vector<Sha256> path;
  while (leaves.size() > 1) {
    const std::size_t split = split_of(leaves.size());
    if (index < split) {
      path.push_back(merkle_root(leaves.subspan(split)));
      leaves = leaves.first(split);
    } else {
      path.push_back(merkle_root(leaves.first(split)));
      leaves = leaves.subspan(split);
      index -= split;
    }
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace taskward::crypto
