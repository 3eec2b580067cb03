// taskward audit prove
#include <iostream>
#include <utility>

#include "exit_codes.hpp"
#include "taskward/api/seal_bodies.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/domain/audit_proof.hpp"
#include "taskward_audit.hpp"

namespace taskward::programs {
namespace {

std::string_view reason(domain::NoProof why) {
  switch (why) {
    case domain::NoProof::no_record:
      return "there is no such record";
    case domain::NoProof::not_sealed:
      return "it is in no seal: it is only a few seconds old, or it was inserted; run `taskward audit "
             "verify`";
    case domain::NoProof::not_as_sealed:
      break;
  }
  return "it was changed after it was sealed; run `taskward audit verify`";
}

void print_json(domain::AuditProof&& proof, const crypto::SigningKey& key) {
  json::Writer w;
  api::write_object(w, api::ProofBody{std::move(proof), api::public_pem(key)}, api::proof_parts());
  std::cout << w.take() << '\n';
}

void print_text(const domain::AuditProof& proof) {
  json::Writer w;
  api::write_object(w, proof.record, api::sealed_record_parts());
  std::cout << "record      " << w.take() << "\nleaf        " << proof.place << " of " << proof.seal.records
            << '\n';
  for (const crypto::Sha256& node : proof.path)
    std::cout << "sibling     " << crypto::hex(crypto::view(node)) << '\n';
  std::cout << "root        " << crypto::hex(proof.seal.root) << "\nseal        " << proof.seal.number << ", "
            << rfc3339_precise(proof.seal.sealed_at) << "\nsignature   " << crypto::hex(proof.seal.signature)
            << '\n';
}

}  // namespace

int audit_prove(const config::CommandLine& line) {
  const auto id = AuditId::parse(line.operands[1]);
  if (!id) throw config::BadCommandLine("'" + line.operands[1] + "' is not a record id");
  AuditOperation operation(line);
  auto outcome = domain::prove_record(*operation.connection, *id);
  if (const auto* why = std::get_if<domain::NoProof>(&outcome)) {
    std::cerr << "taskward: record " << id->text() << " cannot be proved: " << reason(*why) << '\n';
    return kRefused;
  }
  auto& proof = std::get<domain::AuditProof>(outcome);
  if (line.has("json"))
    print_json(std::move(proof), operation.key);
  else
    print_text(proof);
  return kSuccess;
}

}  // namespace taskward::programs
