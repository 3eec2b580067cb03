#include "audit_seal_rows.hpp"

#include <charconv>
#include <stdexcept>
#include <utility>
#include <vector>

#include "taskward/json/value.hpp"

namespace taskward::store {
namespace {

/// The elements of a JSON array of strings and nulls.
std::vector<model::TextOrNull> texts_or_nulls(std::string json) {
  std::vector<model::TextOrNull> texts;
  const auto parsed = json::parse(json);
  if (!parsed) throw std::logic_error("PostgreSQL returned invalid JSON");
  for (const json::Value& value : *parsed->get_if<json::Array>()) {
    const auto* text = value.get_if<std::string>();
    texts.push_back(text != nullptr ? model::TextOrNull(*text) : std::nullopt);
  }
  return texts;
}

}  // namespace

std::string plain_moment(const std::string& column) {
  return "case when " + column + " >= " + std::string(kFirstMoment) + " and " + column + " < " +
         std::string(kAfterLastMoment) + " then " + column + " end";
}

std::string sealable_columns(std::string_view alias) {
  const std::string a = std::string(alias) + '.';
  std::string columns = a + "id, " + a + "at, " + a + "xid::text";
  for (const std::string_view column : model::kSealedTexts)
    columns += ", " + a + std::string(column) + "::text";
  // An array of any shape: its elements in storage order and, if it is not a plain one, its dimensions.
  return columns + ", to_json(array(select field from unnest(" + a + "changed_fields) field))::text, " + a +
         "changed_fields is null, case when array_dims(" + a + "changed_fields) <> '[1:' || cardinality(" +
         a + "changed_fields) || ']' then array_dims(" + a + "changed_fields) end, " + a + "token_id::text";
}

std::string seal_columns(std::string_view alias, std::string_view leaves) {
  const std::string a = std::string(alias) + '.';
  return a + "number, " + a + "era, " + a + "cluster, " + a + "xid_from::text, " + a +
         "xid_below::text, array(select x::text from unnest(" + a + "open) x where x is not null), " +
         plain_moment(a + "era_at") + ", " + a + "records, " + plain_moment(a + "first_at") + ", " +
         plain_moment(a + "last_at") + ", " + a + "root, " + a + "previous, " +
         plain_moment(a + "sealed_at") + ", " + a + "signature, " + std::string(leaves);
}

std::uint64_t transaction_from(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

model::SealableRecord sealable_from(db::RowReader& row) {
  model::SealableRecord record;
  record.id = row.id<AuditId>();
  record.at = row.timestamp();
  record.transaction = transaction_from(row.view());
  for (model::TextOrNull& text : record.texts) text = row.text_or_null();
  std::string fields = row.text();
  if (!row.boolean()) record.changed_fields = texts_or_nulls(std::move(fields));
  record.unexpected_dimensions = row.text_or_null().value_or("");
  record.token_id = row.text_or_null();
  return record;
}

model::AuditSeal seal_from(db::RowReader& row) {
  model::AuditSeal seal;
  seal.number = row.number();
  seal.era = static_cast<std::int32_t>(row.number());
  seal.cluster = row.text();
  if (const auto from = row.text_or_null()) seal.xid_from = transaction_from(*from);
  seal.xid_below = transaction_from(row.view());
  for (const std::string& transaction : row.texts()) seal.open.push_back(transaction_from(transaction));
  seal.era_at = row.timestamp_or_null();
  seal.records = static_cast<std::int32_t>(row.number());
  seal.first_at = row.timestamp_or_null();
  seal.last_at = row.timestamp_or_null();
  seal.root = row.text();
  seal.previous = row.text();
  seal.sealed_at = row.timestamp_or_null().value_or(Timestamp());
  seal.signature = row.text();
  seal.leaves = row.text_or_null();
  return seal;
}

}  // namespace taskward::store
