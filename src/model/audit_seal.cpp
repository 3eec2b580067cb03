#include "taskward/model/audit_seal.hpp"

#include <algorithm>

#include "taskward/base/rfc3339.hpp"

namespace taskward::model {
namespace {

constexpr std::string_view kRecordVersion = "taskward audit record, version 1\n";
constexpr std::string_view kSealVersion = "taskward audit seal, version 1\n";

void append_number(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
}

// Each piece is preceded by a null flag and its length, so that the encoding is injective.
void append_null(std::string& out) { out += '\0'; }
void append_count(std::string& out, std::size_t count) {
  out += '\1';
  append_number(out, count, 4);
}
void append(std::string& out, std::string_view text) {
  append_count(out, text.size());
  out += text;
}
void append_or_null(std::string& out, const TextOrNull& text) {
  if (text)
    append(out, *text);
  else
    append_null(out);
}
void append_or_null(std::string& out, const std::optional<Timestamp>& moment) {
  if (moment)
    append(out, rfc3339_precise(*moment));
  else
    append_null(out);
}
void append_or_null(std::string& out, const std::optional<std::uint64_t>& number) {
  if (number)
    append(out, std::to_string(*number));
  else
    append_null(out);
}

}  // namespace

std::string canonical_bytes(const SealableRecord& record) {
  std::string out(kRecordVersion);
  append(out, record.id.text());
  append(out, rfc3339_precise(record.at));
  append(out, std::to_string(record.transaction));
  for (const TextOrNull& text : record.texts) append_or_null(out, text);
  if (!record.changed_fields) {
    append_null(out);
  } else {
    append_count(out, record.changed_fields->size());
    for (const TextOrNull& field : *record.changed_fields) append_or_null(out, field);
  }
  // One more piece is the dimensions, two are the dimensions or null and the token.
  if (!record.unexpected_dimensions.empty())
    append(out, record.unexpected_dimensions);
  else if (record.token_id)
    append_null(out);
  if (record.token_id) append(out, *record.token_id);
  return out;
}

std::string leaf_key(Timestamp at, const AuditId& id) {
  std::string out;
  out.reserve(kLeafBytes);
  append_number(out, static_cast<std::uint64_t>(at.time_since_epoch().count()), 8);
  out.append(id.uuid.view());
  return out;
}

std::string leaf_bytes(const AuditLeaf& leaf) {
  std::string out = leaf_key(leaf.at, leaf.id);
  out.append(reinterpret_cast<const char*>(leaf.digest.data()), leaf.digest.size());
  return out;
}

AuditLeaf leaf_at(std::string_view leaves, std::size_t index) {
  const std::string_view bytes = leaves.substr(index * kLeafBytes, kLeafBytes);
  AuditLeaf leaf;
  std::uint64_t at = 0;
  for (const char c : bytes.substr(0, 8)) at = (at << 8U) | static_cast<unsigned char>(c);
  leaf.at = Timestamp(std::chrono::microseconds(static_cast<std::int64_t>(at)));
  bytes.substr(8, 16).copy(reinterpret_cast<char*>(leaf.id.uuid.bytes.data()), 16);
  bytes.substr(kLeafKeyBytes).copy(reinterpret_cast<char*>(leaf.digest.data()), leaf.digest.size());
  return leaf;
}

bool AuditSeal::has_sealed(std::uint64_t transaction) const noexcept {
  return transaction < xid_below && std::find(open.begin(), open.end(), transaction) == open.end();
}

std::string signed_bytes(const AuditSeal& seal) {
  std::string out(kSealVersion);
  append(out, std::to_string(seal.number));
  append(out, std::to_string(seal.era));
  append(out, std::string_view(seal.cluster));
  append_or_null(out, seal.xid_from);
  append(out, std::to_string(seal.xid_below));
  append_count(out, seal.open.size());
  for (const std::uint64_t transaction : seal.open) append(out, std::to_string(transaction));
  append_or_null(out, seal.era_at);
  append(out, std::to_string(seal.records));
  append_or_null(out, seal.first_at);
  append_or_null(out, seal.last_at);
  append(out, std::string_view(seal.root));
  append(out, std::string_view(seal.previous));
  append(out, rfc3339_precise(seal.sealed_at));
  return out;
}

}  // namespace taskward::model
