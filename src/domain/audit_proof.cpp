#include "taskward/domain/audit_proof.hpp"

#include "taskward/crypto/merkle.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/store/audit_seals.hpp"
#include "taskward/store/audit_walk.hpp"

namespace taskward::domain {
namespace {

std::vector<crypto::Sha256> hashes_of(std::string_view leaves) {
  std::vector<crypto::Sha256> hashes;
  for (std::size_t i = 0; i < leaves.size() / model::kLeafBytes; ++i)
    hashes.push_back(crypto::leaf_hash(leaves.substr(i * model::kLeafBytes, model::kLeafBytes)));
  return hashes;
}

}  // namespace

std::variant<AuditProof, NoProof> prove_record(db::Connection& database, const AuditId& id,
                                               store::IdSearch search) {
  const db::Transaction transaction(database);
  store::use_one_read_only_snapshot(database);
  NoProof why = NoProof::no_record;
  for (model::SealableRecord& record : store::records_with_id(database, id, search)) {
    why = NoProof::not_sealed;
    auto seal = store::seal_containing(database, model::leaf_key(record.at, record.id), record.at);
    if (!seal) continue;
    why = NoProof::not_as_sealed;
    const std::string leaf = model::leaf_bytes(leaf_of(record));
    const std::size_t found = seal->leaves->find(leaf);
    if (found == std::string::npos || found % model::kLeafBytes != 0 || root_of(*seal->leaves) != seal->root)
      continue;
    const std::size_t place = found / model::kLeafBytes;
    auto path = crypto::merkle_path(hashes_of(*seal->leaves), place);
    seal->leaves.reset();
    return AuditProof{std::move(record), static_cast<std::int64_t>(place), std::move(path), std::move(*seal)};
  }
  return why;
}

Result<AuditProof> prove_record(const Resources& resources, const store::Administer& access,
                                const AuditId& id, const model::Origin& origin) {
  if (auto done = store::record_proof_read(resources.database, access, id, resources.stamp(origin)); !done)
    return std::move(done).error();
  auto outcome = prove_record(resources.database, id, store::IdSearch::near_its_time);
  if (auto* proof = std::get_if<AuditProof>(&outcome)) return std::move(*proof);
  switch (std::get<NoProof>(outcome)) {
    case NoProof::no_record:
      return Error(ErrorCode::not_found);
    case NoProof::not_sealed:
      return Error(ErrorCode::record_not_sealed);
    case NoProof::not_as_sealed:
      break;
  }
  return Error(ErrorCode::seal_mismatch);
}

}  // namespace taskward::domain
