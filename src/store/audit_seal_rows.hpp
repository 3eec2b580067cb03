// The one reader of seals, and of records as they are sealed. Whatever somebody who can write to the
// database has put into these tables can be read: what is not as it should be comes as something that does
// not fit its hash or signature.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "taskward/db/array.hpp"
#include "taskward/db/rows.hpp"
#include "taskward/model/audit_seal.hpp"

namespace taskward::store {

// What a Timestamp can say and RFC 3339 can spell. PostgreSQL knows infinities and other millennia.
inline constexpr std::string_view kFirstMoment = "timestamptz '0001-01-01 00:00:00+00'";
inline constexpr std::string_view kAfterLastMoment = "timestamptz '10000-01-01 00:00:00+00'";

/// The moment, or null when it is none that can be told.
inline std::string plain_moment(const std::string& column) {
  return "case when " + column + " >= " + std::string(kFirstMoment) + " and " + column + " < " +
         std::string(kAfterLastMoment) + " then " + column + " end";
}

/// The columns of a record, of the table or CTE `alias`, in the order sealable_from reads them. Its time must
/// be a plain moment.
inline std::string sealable_columns(std::string_view alias) {
  const std::string a = std::string(alias) + '.';
  std::string columns = a + "id, " + a + "at, " + a + "xid::text";
  for (const std::string_view column : model::kSealedTexts)
    columns += ", " + a + std::string(column) + "::text";
  // An array of any shape, as the row of its elements and, when that is not all of it, its shape.
  return columns + ", to_json(array(select field from unnest(" + a + "changed_fields) field))::text, " + a +
         "changed_fields is null, case when array_dims(" + a + "changed_fields) <> '[1:' || cardinality(" +
         a + "changed_fields) || ']' then array_dims(" + a + "changed_fields) end";
}

/// The columns of a seal, in the order seal_from reads them. Without `leaves` they are left null.
inline std::string seal_columns(std::string_view alias, std::string_view leaves) {
  const std::string a = std::string(alias) + '.';
  return a + "number, " + a + "era, " + a + "cluster, " + a + "xid_from::text, " + a +
         "xid_below::text, array(select x::text from unnest(" + a + "open) x where x is not null), " +
         plain_moment(a + "era_at") + ", " + a + "records, " + plain_moment(a + "first_at") + ", " +
         plain_moment(a + "last_at") + ", " + a + "root, " + a + "previous, " +
         plain_moment(a + "sealed_at") + ", " + a + "signature, " + std::string(leaves);
}
inline constexpr std::string_view kNoLeaves = "null::bytea";

/// The digits of an xid8.
inline std::uint64_t transaction_from(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// The elements of a JSON array of strings and nulls.
[[nodiscard]] std::vector<model::TextOrNull> texts_or_nulls(std::string json);

inline model::SealableRecord sealable_from(db::RowReader& row) {
  model::SealableRecord record;
  record.id = row.id<AuditId>();
  record.at = row.timestamp();
  record.transaction = transaction_from(row.view());
  for (model::TextOrNull& text : record.texts) text = row.text_or_null();
  std::string fields = row.text();
  if (!row.boolean()) record.changed_fields = texts_or_nulls(std::move(fields));
  record.odd_shape = row.text_or_null().value_or("");
  return record;
}

inline model::AuditSeal seal_from(db::RowReader& row) {
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
