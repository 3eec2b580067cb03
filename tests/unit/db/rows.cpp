// Decoding of the binary format of PostgreSQL, without a server.
#include "taskward/db/rows.hpp"

#include <libpq-fe.h>

#include <boost/test/unit_test.hpp>
#include <climits>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "taskward/base/rfc3339.hpp"

namespace taskward::db {
namespace {

constexpr Oid kBoolean = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kTexts = 1009,
              kTimestampTz = 1184, kUuid = 2950;

struct Cell {
  Oid type;
  std::optional<std::string> bytes;
};

/// A result of one row.
Rows row_of(const std::vector<Cell>& cells) {
  PGresult* result = PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK);
  std::vector<PGresAttDesc> columns;
  std::string name = "c";
  for (const Cell& cell : cells) columns.push_back({name.data(), 0, 0, 1, cell.type, -1, -1});
  PQsetResultAttrs(result, static_cast<int>(columns.size()), columns.data());
  int column = 0;
  for (const Cell& cell : cells) {
    std::string bytes = cell.bytes.value_or("");
    PQsetvalue(result, 0, column++, cell.bytes ? bytes.data() : nullptr,
               cell.bytes ? static_cast<int>(bytes.size()) : -1);
  }
  return Rows(result);
}

std::string big_endian(std::int64_t value, int size) {
  std::string out;
  for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> static_cast<unsigned>(shift));
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(rows)

BOOST_AUTO_TEST_CASE(integers_of_every_width_keep_their_sign) {
  for (const std::int64_t value : {INT64_MIN, INT64_MAX, std::int64_t{0}, std::int64_t{-1}}) {
    BOOST_TEST(row_of({{kInt8, big_endian(value, 8)}}).row(0).number() == value);
  }
  for (const int value : {INT32_MIN, INT32_MAX, -1, 0}) {
    BOOST_TEST(row_of({{kInt4, big_endian(value, 4)}}).row(0).number() == value);
  }
  for (const int value : {-32768, 32767, -1, 256}) {
    BOOST_TEST(row_of({{kInt2, big_endian(value, 2)}}).row(0).number() == value);
  }
}

BOOST_AUTO_TEST_CASE(timestamps_count_microseconds_from_2000) {
  const auto time_of = [](std::int64_t microseconds) {
    return rfc3339(row_of({{kTimestampTz, big_endian(microseconds, 8)}}).row(0).timestamp());
  };
  BOOST_TEST(time_of(0) == "2000-01-01T00:00:00.000Z");
  BOOST_TEST(time_of(-1) == "1999-12-31T23:59:59.999Z");
  BOOST_TEST(time_of(-946'684'800'000'000) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(time_of(823'132'800'123'456) == "2026-01-31T00:00:00.123Z");
}

/// A one-dimensional array as PostgreSQL sends it (array_send).
std::string array_of(const std::vector<std::string>& texts, Oid type = kText) {
  std::string bytes = big_endian(1, 4) + big_endian(0, 4) + big_endian(type, 4) +
                      big_endian(static_cast<std::int64_t>(texts.size()), 4) + big_endian(1, 4);
  for (const std::string& text : texts) bytes += big_endian(static_cast<std::int64_t>(text.size()), 4) + text;
  return bytes;
}

std::vector<std::string> texts_of(const std::string& bytes) {
  return row_of({{kTexts, bytes}}).row(0).texts();
}

BOOST_AUTO_TEST_CASE(text_array_is_decoded) {
  using Texts = std::vector<std::string>;
  // An empty array has no dimensions.
  BOOST_TEST((texts_of(big_endian(0, 4) + big_endian(0, 4) + big_endian(kText, 4)) == Texts{}));
  for (const Texts& texts : {Texts{"a"}, Texts{"", "b", ""}, Texts{"{a,b}", "\"", "NULL", "caf\u00e9 🦊"},
                             Texts(20, std::string(200, 'x'))}) {
    BOOST_TEST((texts_of(array_of(texts)) == texts));
  }
  const auto row = row_of({{kTexts, array_of({"a"})}, {kText, "behind"}});
  RowReader reader = row.row(0);
  BOOST_TEST(reader.texts().size() == 1U);
  BOOST_TEST(reader.text() == "behind");
}

BOOST_AUTO_TEST_CASE(malformed_array_throws_logic_error) {
  const std::string complete = array_of({"ab", "c"});
  for (std::size_t length = 0; length < complete.size(); ++length)
    BOOST_CHECK_THROW(static_cast<void>(texts_of(complete.substr(0, length))), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(texts_of(array_of({"abcd"}, kInt4))), std::logic_error);
  // Two dimensions, the flag for null elements, and a null element.
  BOOST_CHECK_THROW(static_cast<void>(texts_of(big_endian(2, 4) + complete.substr(4))), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(texts_of(big_endian(1, 4) + big_endian(1, 4) + complete.substr(8))),
                    std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(texts_of(array_of({}).substr(0, 12) + big_endian(1, 4) +
                                               big_endian(1, 4) + big_endian(-1, 4))),
                    std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(row_of({{kText, "{a}"}}).row(0).texts()), std::logic_error);
}

BOOST_AUTO_TEST_CASE(columns_are_read_in_order_by_type) {
  const auto one = row_of({{kUuid, std::string(16, '\x11')},
                           {kText, "a\nb"},
                           {kBoolean, std::string(1, '\x01')},
                           {kBoolean, std::string(1, '\0')},
                           {kText, std::nullopt},
                           {kText, ""},
                           {kTimestampTz, std::nullopt}});
  RowReader row = one.row(0);
  BOOST_TEST(row.id<TaskId>().text() == "11111111-1111-1111-1111-111111111111");
  BOOST_TEST(row.text() == "a\nb");
  BOOST_TEST(row.boolean());
  BOOST_TEST(!row.boolean());
  BOOST_TEST(row.is_null());
  BOOST_TEST(!row.text_or_null());
  BOOST_TEST(row.text_or_null().value_or("none") == "");
  BOOST_TEST(!row.timestamp_or_null());
}

BOOST_AUTO_TEST_CASE(reading_a_column_as_another_type_throws_logic_error) {
  const auto one = row_of({{kInt8, big_endian(1, 8)}});
  BOOST_CHECK_THROW(static_cast<void>(one.row(0).text()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(one.row(0).uuid()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(one.row(0).boolean()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(one.row(0).timestamp()), std::logic_error);
  const auto text = row_of({{kText, "1"}});
  BOOST_CHECK_THROW(static_cast<void>(text.row(0).number()), std::logic_error);
}

BOOST_AUTO_TEST_CASE(reading_a_null_or_missing_column_throws_logic_error) {
  const auto null = row_of({{kText, std::nullopt}});
  BOOST_CHECK_THROW(static_cast<void>(null.row(0).text()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(null.row(1)), std::logic_error);
  RowReader row = null.row(0);
  row.skip();
  BOOST_CHECK_THROW(static_cast<void>(row.is_null()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(row.text_or_null()), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::db
