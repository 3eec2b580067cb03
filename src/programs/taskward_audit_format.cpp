// Records, seals and keys in the formats of docs/seals.md.
#include <fstream>
#include <iterator>

#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward_audit.hpp"

namespace taskward::programs {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kPemEnd = "-----END PUBLIC KEY-----";

void text(json::Writer& w, std::string_view key, std::string_view value) {
  w.key(key);
  w.string(value);
}

void text_or_null(json::Writer& w, std::string_view key, const std::optional<std::string>& value) {
  w.key(key);
  if (value)
    w.string(*value);
  else
    w.null();
}

void number(json::Writer& w, std::string_view key, std::int64_t value) {
  w.key(key);
  w.number(value);
}

void time_or_null(json::Writer& w, std::string_view key, const std::optional<Timestamp>& time) {
  text_or_null(w, key, time ? std::optional(rfc3339_precise(*time)) : std::nullopt);
}

/// The base64 text between the PEM lines, as base64url.
std::string inside_of_pem(std::string_view pem) {
  const std::size_t begin = pem.find(kPemBegin);
  const std::size_t end = pem.find(kPemEnd);
  std::string out;
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return out;
  for (const char c : pem.substr(begin + kPemBegin.size(), end - begin - kPemBegin.size()))
    if (c > ' ' && c != '=') out += c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

}  // namespace

void write_record(json::Writer& w, const model::SealableRecord& record) {
  w.begin_object();
  text(w, "id", record.id.text());
  text(w, "at", rfc3339_precise(record.at));
  text(w, "transaction", std::to_string(record.transaction));
  for (std::size_t i = 0; i < record.texts.size(); ++i)
    text_or_null(w, model::kSealedTexts[i], record.texts[i]);
  w.key("changed_fields");
  if (record.changed_fields) {
    w.begin_array();
    for (const model::TextOrNull& field : *record.changed_fields) {
      if (field)
        w.string(*field);
      else
        w.null();
    }
    w.end_array();
  } else {
    w.null();
  }
  if (!record.unexpected_dimensions.empty()) text(w, "shape", record.unexpected_dimensions);
  if (record.token_id) text(w, "token_id", *record.token_id);
  w.end_object();
}

void write_seal(json::Writer& w, const model::AuditSeal& seal, Leaves leaves) {
  const auto digits = [](const std::optional<std::uint64_t>& value) {
    return value ? std::optional(std::to_string(*value)) : std::nullopt;
  };
  w.begin_object();
  number(w, "number", seal.number);
  number(w, "era", seal.era);
  text(w, "cluster", seal.cluster);
  text_or_null(w, "xid_from", digits(seal.xid_from));
  text_or_null(w, "xid_below", digits(seal.xid_below));
  w.key("open");
  w.begin_array();
  for (const std::uint64_t transaction : seal.open) w.string(std::to_string(transaction));
  w.end_array();
  time_or_null(w, "era_at", seal.era_at);
  number(w, "records", seal.records);
  time_or_null(w, "first_at", seal.first_at);
  time_or_null(w, "last_at", seal.last_at);
  text(w, "root", crypto::hex(seal.root));
  text(w, "previous", crypto::hex(seal.previous));
  text(w, "sealed_at", rfc3339_precise(seal.sealed_at));
  text(w, "signature", crypto::hex(seal.signature));
  if (leaves == Leaves::written)
    text_or_null(w, "leaves", seal.leaves ? std::optional(crypto::hex(*seal.leaves)) : std::nullopt);
  w.end_object();
}

std::string head_line(const store::Head& head, const crypto::SigningKey& key) {
  json::Writer w;
  w.begin_object();
  number(w, "number", head.seal.number);
  text(w, "hash", crypto::hex(domain::hash_of(head.seal)));
  text(w, "root", crypto::hex(head.seal.root));
  number(w, "records", head.total_records);
  text(w, "sealed_at", rfc3339_precise(head.seal.sealed_at));
  text(w, "public_key_sha256", crypto::hex(crypto::view(crypto::sha256(key.public_der()))));
  text(w, "signature", crypto::hex(head.seal.signature));
  w.end_object();
  return w.take();
}

std::string public_pem(const crypto::SigningKey& key) {
  // An Ed25519 key is one line of 60 characters.
  return std::string(kPemBegin) + '\n' + crypto::base64(key.public_der()) + '\n' + std::string(kPemEnd) +
         '\n';
}

crypto::VerificationKey read_public_pem(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto der = crypto::from_base64url(inside_of_pem(pem));
  auto key = der ? crypto::VerificationKey::from_spki(model::JwsAlgorithm::EdDSA, *der) : std::nullopt;
  if (!key) throw config::BadCommandLine("--public-key: '" + path + "' is not an Ed25519 public key in PEM");
  return *key;
}

std::string_view seals_procedure() noexcept {
  static constexpr std::string_view text =
#include "seals_procedure.inc"
      ;
  return text;
}

}  // namespace taskward::programs
