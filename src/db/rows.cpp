#include "taskward/db/rows.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <stdexcept>

namespace taskward::db {
namespace {

// The binary format of timestamptz is microseconds since 2000-01-01.
constexpr auto kPostgresEpoch = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);

// OIDs of built-in types (pg_type.dat).
constexpr Oid kBoolean = 16, kBytes = 17, kName = 19, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25,
              kTexts = 1009, kVarchar = 1043, kTimestampTz = 1184, kUuid = 2950;

std::int64_t big_endian(std::string_view bytes) noexcept {
  // Sign extension.
  std::uint64_t value = (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
  for (const char c : bytes) value = (value << 8U) | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

}  // namespace

bool RowReader::is_null() const {
  if (column_ >= PQnfields(result_)) throw std::logic_error("read beyond the last column of a row");
  return PQgetisnull(result_, row_, column_) != 0;
}

std::string_view RowReader::next(std::initializer_list<unsigned> types) {
  if (is_null())
    throw std::logic_error(std::string("unexpected null in column ") + PQfname(result_, column_));
  const std::string_view bytes(PQgetvalue(result_, row_, column_),
                               static_cast<std::size_t>(PQgetlength(result_, row_, column_)));
  if (std::find(types.begin(), types.end(), PQftype(result_, column_)) == types.end()) {
    throw std::logic_error(std::string("a column has an unexpected type: ") + PQfname(result_, column_));
  }
  ++column_;
  return bytes;
}

Uuid RowReader::uuid() {
  const std::string_view bytes = next({kUuid});
  Uuid out;
  bytes.copy(reinterpret_cast<char*>(out.bytes.data()), bytes.size());
  return out;
}

std::string_view RowReader::view() { return next({kText, kVarchar, kName, kBytes}); }

std::optional<std::string> RowReader::text_or_null() {
  if (!is_null()) return text();
  skip();
  return std::nullopt;
}

std::vector<std::string> RowReader::texts() {
  // array_send(): number of dimensions, whether there are nulls, the element type; length and lower bound of
  // each dimension; length and bytes of each element.
  std::string_view bytes = next({kTexts});
  const auto number = [&] {
    if (bytes.size() < 4) throw std::logic_error("an array is truncated");
    const std::int64_t value = big_endian(bytes.substr(0, 4));
    bytes.remove_prefix(4);
    return value;
  };
  std::vector<std::string> out;
  const std::int64_t dimensions = number();
  if (dimensions == 0) return out;
  if (dimensions != 1 || number() != 0 || number() != kText)
    throw std::logic_error("an array is not a one-dimensional text[] without nulls");
  const std::int64_t count = number();
  static_cast<void>(number());
  for (std::int64_t i = 0; i < count; ++i) {
    const auto length = static_cast<std::size_t>(number());
    if (bytes.size() < length) throw std::logic_error("an array is truncated");
    out.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return out;
}

bool RowReader::boolean() { return next({kBoolean}).front() != '\0'; }

std::int64_t RowReader::number() { return big_endian(next({kInt8, kInt4, kInt2})); }

Timestamp RowReader::timestamp() {
  return Timestamp(kPostgresEpoch) + std::chrono::microseconds(big_endian(next({kTimestampTz})));
}

std::optional<Timestamp> RowReader::timestamp_or_null() {
  if (!is_null()) return timestamp();
  skip();
  return std::nullopt;
}

void Rows::Clear::operator()(pg_result* result) const noexcept { PQclear(result); }
Rows::Rows(pg_result* result) noexcept : result_(result) {}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

std::size_t Rows::size() const noexcept { return static_cast<std::size_t>(PQntuples(result_.get())); }

RowReader Rows::row(std::size_t index) const {
  if (index >= size()) throw std::logic_error("read beyond the last row of a result");
  return {result_.get(), static_cast<int>(index)};
}

std::string_view Rows::tag() const noexcept { return PQcmdStatus(result_.get()); }

}  // namespace taskward::db
