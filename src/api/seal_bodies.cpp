#include "taskward/api/seal_bodies.hpp"

#include <utility>

#include "taskward/base/rfc3339.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/domain/audit_seals.hpp"

namespace taskward::api {
namespace {

using json::Writer;
using model::AuditSeal;
using model::SealableRecord;
using Text = std::optional<std::string>;

Text digits(const std::optional<std::uint64_t>& transaction) {
  return transaction ? Text(std::to_string(*transaction)) : std::nullopt;
}
Text precise(const std::optional<Timestamp>& time) {
  return time ? Text(rfc3339_precise(*time)) : std::nullopt;
}

std::string at_of(const SealableRecord& record) { return rfc3339_precise(record.at); }
std::string transaction_of(const SealableRecord& record) { return std::to_string(record.transaction); }

/// The sealed texts, in the order in which they are sealed.
template <std::size_t... I>
void add_texts(std::vector<Part<SealableRecord>>& list, std::index_sequence<I...>) {
  (list.push_back({model::kSealedTexts[I], schema_of<Text>(),
                   [](Writer& w, const SealableRecord& record) { write_value(w, record.texts[I]); }}),
   ...);
}

Part<SealableRecord> shape_part() {
  Part<SealableRecord> part = api::part<&SealableRecord::unexpected_dimensions>(
      "shape", "Present only if the record was written directly into the database.");
  part.is_present = [](const SealableRecord& record) { return !record.unexpected_dimensions.empty(); };
  return part;
}

Text xid_from_of(const AuditSeal& seal) { return digits(seal.xid_from); }
std::string xid_below_of(const AuditSeal& seal) { return std::to_string(seal.xid_below); }
std::vector<std::string> open_of(const AuditSeal& seal) {
  std::vector<std::string> out;
  for (const std::uint64_t transaction : seal.open) out.push_back(std::to_string(transaction));
  return out;
}
Text era_at_of(const AuditSeal& seal) { return precise(seal.era_at); }
Text first_at_of(const AuditSeal& seal) { return precise(seal.first_at); }
Text last_at_of(const AuditSeal& seal) { return precise(seal.last_at); }
std::string root_of(const AuditSeal& seal) { return crypto::hex(seal.root); }
std::string previous_of(const AuditSeal& seal) { return crypto::hex(seal.previous); }
std::string sealed_at_of(const AuditSeal& seal) { return rfc3339_precise(seal.sealed_at); }
std::string signature_of(const AuditSeal& seal) { return crypto::hex(seal.signature); }
Text leaves_of(const AuditSeal& seal) { return seal.leaves ? Text(crypto::hex(*seal.leaves)) : std::nullopt; }

std::int64_t leaf_index_of(const ProofBody& body) { return body.proof.place; }
std::vector<std::string> audit_path_of(const ProofBody& body) {
  std::vector<std::string> out;
  for (const crypto::Sha256& node : body.proof.path) out.push_back(crypto::hex(crypto::view(node)));
  return out;
}

/// An object of a proof, written by the table `PartsOf()`.
template <auto Member, auto PartsOf>
Part<ProofBody> proof_part(std::string_view name) {
  return {name, object_schema(facts_of(PartsOf()), {}),
          [](Writer& w, const ProofBody& body) { write_object(w, body.proof.*Member, PartsOf()); }};
}

}  // namespace

const Parts<SealableRecord>& sealed_record_parts() {
  static const auto parts = [] {
    Parts<SealableRecord> all{"SealedRecord",
                              {
                                  part<&SealableRecord::id>("id"),
                                  derived_part<SealableRecord, &at_of>("at", "With microseconds."),
                                  derived_part<SealableRecord, &transaction_of>("transaction"),
                              }};
    add_texts(all.list, std::make_index_sequence<model::kSealedTexts.size()>());
    all.list.push_back(part<&SealableRecord::changed_fields>("changed_fields"));
    all.list.push_back(shape_part());
    all.list.push_back(part_if_any<&SealableRecord::token_id>("token_id"));
    return all;
  }();
  return parts;
}

const Parts<AuditSeal>& seal_parts() {
  static const Parts<AuditSeal> parts{"AuditSeal",
                                      {
                                          part<&AuditSeal::number>("number"),
                                          part<&AuditSeal::era>("era"),
                                          part<&AuditSeal::cluster>("cluster"),
                                          derived_part<AuditSeal, &xid_from_of>("xid_from"),
                                          derived_part<AuditSeal, &xid_below_of>("xid_below"),
                                          derived_part<AuditSeal, &open_of>("open"),
                                          derived_part<AuditSeal, &era_at_of>("era_at"),
                                          part<&AuditSeal::records>("records"),
                                          derived_part<AuditSeal, &first_at_of>("first_at"),
                                          derived_part<AuditSeal, &last_at_of>("last_at"),
                                          derived_part<AuditSeal, &root_of>("root"),
                                          derived_part<AuditSeal, &previous_of>("previous"),
                                          derived_part<AuditSeal, &sealed_at_of>("sealed_at"),
                                          derived_part<AuditSeal, &signature_of>("signature"),
                                      }};
  return parts;
}

const Parts<AuditSeal>& exported_seal_parts() {
  static const auto parts = [] {
    Parts<AuditSeal> all = seal_parts();
    all.name = "ExportedSeal";
    all.list.push_back(derived_part<AuditSeal, &leaves_of>("leaves"));
    return all;
  }();
  return parts;
}

std::string public_pem(const crypto::SigningKey& key) {
  // An Ed25519 key is one line of 60 characters.
  return "-----BEGIN PUBLIC KEY-----\n" + crypto::base64(key.public_der()) + "\n-----END PUBLIC KEY-----\n";
}

const Parts<ProofBody>& proof_parts() {
  static const Parts<ProofBody> parts{
      "AuditProof",
      {
          proof_part<&domain::AuditProof::record, &sealed_record_parts>("record"),
          derived_part<ProofBody, &leaf_index_of>("leaf_index"),
          derived_part<ProofBody, &audit_path_of>("audit_path"),
          proof_part<&domain::AuditProof::seal, &seal_parts>("seal"),
          part<&ProofBody::public_key>("public_key", "Ed25519, in PEM."),
      }};
  return parts;
}

HeadBody::HeadBody(const store::Head& head, const crypto::SigningKey& key)
    : number(head.seal.number),
      hash(crypto::hex(domain::hash_of(head.seal))),
      root(crypto::hex(head.seal.root)),
      records(head.total_records),
      sealed_at(rfc3339_precise(head.seal.sealed_at)),
      public_key_sha256(crypto::hex(crypto::view(crypto::sha256(key.public_der())))),
      signature(crypto::hex(head.seal.signature)) {}

const Parts<HeadBody>& head_parts() {
  static const Parts<HeadBody> parts{
      "AuditHead",
      {
          part<&HeadBody::number>("number"),
          part<&HeadBody::hash>("hash"),
          part<&HeadBody::root>("root"),
          part<&HeadBody::records>("records", "In this seal and all earlier ones."),
          part<&HeadBody::sealed_at>("sealed_at"),
          part<&HeadBody::public_key_sha256>("public_key_sha256"),
          part<&HeadBody::signature>("signature"),
      }};
  return parts;
}

const Parts<SealStateBody>& seal_state_parts() {
  static const Parts<SealStateBody> parts{
      "SealState",
      {
          {"newest", object_schema(facts_of(head_parts()), "Absent before the first seal."),
           [](Writer& w, const SealStateBody& body) { write_object(w, *body.newest, head_parts()); },
           [](const SealStateBody& body) { return body.newest.has_value(); }},
          part<&SealStateBody::lag>("lag_seconds", "The age of the oldest record without a seal."),
      }};
  return parts;
}

}  // namespace taskward::api
