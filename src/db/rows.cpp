#include "taskward/db/rows.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace taskward::db {
namespace {

// PostgreSQL counts microseconds from 2000-01-01.
constexpr auto kPostgresEpoch = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);

constexpr std::size_t kAnySize = static_cast<std::size_t>(-1);

std::int64_t big_endian(std::string_view bytes) noexcept {
  // The sign is in the first byte.
  std::uint64_t value = (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
  for (const char c : bytes) value = (value << 8U) | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

}  // namespace

bool RowReader::is_null() const noexcept { return PQgetisnull(result_, row_, column_) != 0; }

std::string_view RowReader::next(std::size_t size) {
  if (column_ >= PQnfields(result_)) throw std::logic_error("a row has fewer columns than are read");
  if (is_null()) throw std::logic_error(std::string("a column is null: ") + PQfname(result_, column_));
  const std::string_view bytes(PQgetvalue(result_, row_, column_),
                               static_cast<std::size_t>(PQgetlength(result_, row_, column_)));
  if (size != kAnySize && bytes.size() != size) {
    throw std::logic_error(std::string("a column has another type: ") + PQfname(result_, column_));
  }
  ++column_;
  return bytes;
}

Uuid RowReader::uuid() {
  const std::string_view bytes = next(16);
  Uuid out;
  bytes.copy(reinterpret_cast<char*>(out.bytes.data()), bytes.size());
  return out;
}

std::string_view RowReader::view() { return next(kAnySize); }

std::optional<std::string> RowReader::text_or_null() {
  if (!is_null()) return text();
  skip();
  return std::nullopt;
}

bool RowReader::boolean() { return next(1).front() != '\0'; }

std::int64_t RowReader::number() {
  const std::string_view bytes = next(kAnySize);
  if (bytes.size() != 2 && bytes.size() != 4 && bytes.size() != 8)
    throw std::logic_error("a column is no integer");
  return big_endian(bytes);
}

Timestamp RowReader::timestamp() {
  return Timestamp(kPostgresEpoch) + std::chrono::microseconds(big_endian(next(8)));
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
  if (index >= size()) throw std::logic_error("a result has fewer rows than are read");
  return {result_.get(), static_cast<int>(index)};
}

std::string_view Rows::tag() const noexcept { return PQcmdStatus(result_.get()); }

}  // namespace taskward::db
