#include "taskward/domain/audit_seals.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/merkle.hpp"

namespace taskward::domain {
namespace {

using model::AuditLeaf;

// PKCS #8 (RFC 8410, section 7) of an Ed25519 key, without the 32 bytes of the key itself.
constexpr std::string_view kPkcs8Head("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16);
constexpr std::size_t kPrivateBytes = 32;

std::string digest_text(std::string_view bytes) { return std::string(crypto::view(crypto::sha256(bytes))); }

}  // namespace

crypto::SigningKey seal_key(const Secret& private_half) {
  if (private_half.size() != kPrivateBytes) throw std::logic_error("the sealing key must have 32 bytes");
  std::string der(kPkcs8Head);
  der += private_half.reveal();
  auto key = crypto::SigningKey::from_pkcs8(model::JwsAlgorithm::EdDSA, Secret::take(der));
  if (!key) throw std::logic_error("the sealing key is invalid");
  return std::move(*key);
}

AuditLeaf leaf_of(const model::SealableRecord& record) {
  return {record.at, record.id, crypto::sha256(model::canonical_bytes(record))};
}

std::string joined_leaves(std::span<const AuditLeaf> leaves) {
  std::string bytes;
  bytes.reserve(leaves.size() * model::kLeafBytes);
  for (const AuditLeaf& leaf : leaves) bytes += model::leaf_bytes(leaf);
  return bytes;
}

std::string root_of(std::string_view leaves) {
  std::vector<crypto::Sha256> hashes;
  hashes.reserve(leaves.size() / model::kLeafBytes);
  for (std::size_t at = 0; at < leaves.size(); at += model::kLeafBytes)
    hashes.push_back(crypto::leaf_hash(leaves.substr(at, model::kLeafBytes)));
  return std::string(crypto::view(crypto::merkle_root(hashes)));
}

std::string hash_of(const model::AuditSeal& seal) { return digest_text(model::signed_bytes(seal)); }

model::AuditSeal completed(model::AuditSeal draft, std::span<const AuditLeaf> leaves,
                           const crypto::SigningKey& key) {
  if (leaves.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    throw std::length_error("a transaction wrote more records than a seal can hold");
  draft.records = static_cast<std::int32_t>(leaves.size());
  draft.first_at.reset();
  draft.last_at.reset();
  const auto by_time = [](const AuditLeaf& a, const AuditLeaf& b) { return a.at < b.at; };
  if (!leaves.empty()) {
    const auto [first, last] = std::minmax_element(leaves.begin(), leaves.end(), by_time);
    draft.first_at = first->at;
    draft.last_at = last->at;
  }
  draft.leaves = joined_leaves(leaves);
  draft.root = root_of(*draft.leaves);
  draft.signature = key.sign(model::signed_bytes(draft));
  return draft;
}

}  // namespace taskward::domain
