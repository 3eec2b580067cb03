// Reading rows: every accessor accepts only its own type.
#include <limits>

#include "fixture.hpp"
#include "taskward/base/rfc3339.hpp"

namespace taskward::testing {
namespace {

struct RowsFixture : StoreFixture {
  db::Rows select(const std::string& columns) { return owner.query("select " + columns, db::Params()); }
};

BOOST_FIXTURE_TEST_SUITE(rows, RowsFixture)

BOOST_AUTO_TEST_CASE(values_of_every_type_are_read_in_order) {
  const db::Rows rows = select(
      "'0190a5f0-0000-7000-8000-00000000000f'::uuid, 'text'::text, null::text, true, -2::smallint, "
      "-3::integer,"
      " '-9223372036854775808'::bigint, '1999-12-31 23:59:59.000001+00'::timestamptz, null::timestamptz");
  BOOST_TEST_REQUIRE(rows.size() == 1U);
  db::RowReader row = rows.row(0);
  BOOST_TEST(row.id<TaskId>().text() == "0190a5f0-0000-7000-8000-00000000000f");
  BOOST_TEST(row.text() == "text");
  BOOST_TEST(!row.text_or_null().has_value());
  BOOST_TEST(row.boolean());
  BOOST_TEST(row.number() == -2);
  BOOST_TEST(row.number() == -3);
  BOOST_TEST(row.number() == std::numeric_limits<std::int64_t>::min());
  BOOST_TEST(rfc3339(row.timestamp()) == "1999-12-31T23:59:59.000Z");
  BOOST_TEST(!row.timestamp_or_null().has_value());
}

BOOST_AUTO_TEST_CASE(reading_a_different_type_throws) {
  const db::Rows rows =
      select("'12345678'::text, 5::bigint, now(), 'sixteen bytes ok'::text, 'x'::text, true, 5::integer");
  const auto at = [&](int column) {
    db::RowReader row = rows.row(0);
    row.skip(column);
    return row;
  };
  BOOST_CHECK_THROW(static_cast<void>(at(0).number()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(0).timestamp()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(1).timestamp()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(1).text()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(2).number()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(3).uuid()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(4).boolean()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(5).view()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(6).boolean()), std::logic_error);
}

BOOST_AUTO_TEST_CASE(null_is_read_only_by_the_nullable_accessors) {
  const db::Rows rows = select("null::text, null::bigint, null::timestamptz, null::boolean, null::uuid");
  const auto at = [&](int column) {
    db::RowReader row = rows.row(0);
    row.skip(column);
    return row;
  };
  BOOST_TEST(at(0).is_null());
  BOOST_CHECK_THROW(static_cast<void>(at(0).text()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(1).number()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(2).timestamp()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(3).boolean()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(at(4).uuid()), std::logic_error);
}

BOOST_AUTO_TEST_CASE(reading_past_the_last_column_or_row_throws) {
  const db::Rows rows = select("1");
  db::RowReader row = rows.row(0);
  BOOST_TEST(row.number() == 1);
  BOOST_CHECK_THROW(static_cast<void>(row.number()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(row.text_or_null()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(row.timestamp_or_null()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(row.is_null()), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(rows.row(1)), std::logic_error);
}

BOOST_AUTO_TEST_CASE(parameters_arrive_unchanged) {
  const UserId id = new_id<UserId>();
  const std::string bytes("\0\1\xff", 3);
  const db::Rows rows = owner.query(
      "select $1::uuid, $2::text, $3::text, $4::bytea, $5::bigint, $6::text is null, $7::text is null,"
      " cardinality($8::text[])::bigint",
      db::Params()
          .id(id)
          .text("\xc3\xa4' -- \\")
          .text("")
          .bytes(bytes)
          .number(std::numeric_limits<std::int64_t>::min())
          .null()
          .text_or_null(std::string_view())
          .literal("{a,b}"));
  db::RowReader row = rows.row(0);
  BOOST_TEST((row.id<UserId>() == id));
  BOOST_TEST(row.text() == "\xc3\xa4' -- \\");
  BOOST_TEST(row.text().empty());
  BOOST_TEST(row.text() == bytes);
  BOOST_TEST(row.number() == std::numeric_limits<std::int64_t>::min());
  BOOST_TEST(row.boolean());
  BOOST_TEST(row.boolean());
  BOOST_TEST(row.number() == 2);
}

BOOST_AUTO_TEST_CASE(too_many_parameters_throw) {
  db::Params params;
  for (std::size_t i = 0; i < db::Params::kMost; ++i) params.null();
  BOOST_CHECK_THROW(params.null(), std::logic_error);
  BOOST_CHECK_THROW(params.number(1), std::logic_error);
  BOOST_TEST(params.count() == static_cast<int>(db::Params::kMost));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
