#include "taskward/base/clock.hpp"
#include "taskward/base/rfc3339.hpp"

#include <boost/test/unit_test.hpp>

namespace taskward {
namespace {

using namespace std::chrono;

std::string text_of(int y, unsigned m, unsigned d, microseconds of_day) {
  return rfc3339(sys_days(year(y) / month(m) / day(d)) + of_day);
}

BOOST_AUTO_TEST_SUITE(clock)

BOOST_AUTO_TEST_CASE(timestamp_zero_is_1970) {
  BOOST_TEST(rfc3339(Timestamp()) == "1970-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(leap_days_are_formatted) {
  const microseconds last = hours(24) - microseconds(1);
  BOOST_TEST(text_of(2024, 2, 29, last) == "2024-02-29T23:59:59.999Z");
  BOOST_TEST(rfc3339(sys_days(year(2024) / 2 / 28) + days(1)) == "2024-02-29T00:00:00.000Z");
  BOOST_TEST(rfc3339(sys_days(year(2023) / 2 / 28) + days(1)) == "2023-03-01T00:00:00.000Z");
  BOOST_TEST(rfc3339(sys_days(year(2000) / 2 / 28) + days(1)) == "2000-02-29T00:00:00.000Z");
  BOOST_TEST(rfc3339(sys_days(year(2100) / 2 / 28) + days(1)) == "2100-03-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(milliseconds_are_rounded_down) {
  BOOST_TEST(text_of(2026, 1, 31, microseconds(999)) == "2026-01-31T00:00:00.000Z");
  BOOST_TEST(text_of(2026, 1, 31, microseconds(1000)) == "2026-01-31T00:00:00.001Z");
  BOOST_TEST(text_of(2026, 12, 31, hours(24) - microseconds(1)) == "2026-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(milliseconds_before_1970_are_rounded_down) {
  BOOST_TEST(rfc3339(Timestamp(microseconds(-1))) == "1969-12-31T23:59:59.999Z");
  BOOST_TEST(rfc3339(Timestamp(microseconds(-1000))) == "1969-12-31T23:59:59.999Z");
  BOOST_TEST(rfc3339(Timestamp(microseconds(-1001))) == "1969-12-31T23:59:59.998Z");
  BOOST_TEST(rfc3339(Timestamp(seconds(-1))) == "1969-12-31T23:59:59.000Z");
  BOOST_TEST(text_of(1, 1, 1, microseconds(0)) == "0001-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(every_timestamp_component_is_zero_padded) {
  BOOST_TEST(text_of(999, 3, 4, hours(5) + minutes(6) + seconds(7) + milliseconds(8)) ==
             "0999-03-04T05:06:07.008Z");
  BOOST_TEST(text_of(9999, 12, 31, hours(24) - milliseconds(1)) == "9999-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(system_clock_returns_the_current_time) {
  const auto before = floor<microseconds>(system_clock::now());
  const Timestamp now = SystemClock().now();
  BOOST_TEST((before <= now && now <= system_clock::now()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
