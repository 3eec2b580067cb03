#include "taskward/base/clock.hpp"
#include "taskward/base/rfc3339.hpp"

#include <boost/test/unit_test.hpp>

namespace taskward {
namespace {

using namespace std::chrono;

std::string written(int y, unsigned m, unsigned d, microseconds of_day) {
  return rfc3339(sys_days(year(y) / month(m) / day(d)) + of_day);
}

BOOST_AUTO_TEST_SUITE(clock)

BOOST_AUTO_TEST_CASE(the_epoch_is_1970) { BOOST_TEST(rfc3339(Timestamp()) == "1970-01-01T00:00:00.000Z"); }

BOOST_AUTO_TEST_CASE(leap_days_and_the_days_around_them) {
  const microseconds last = hours(24) - microseconds(1);
  BOOST_TEST(written(2024, 2, 29, last) == "2024-02-29T23:59:59.999Z");
  BOOST_TEST(rfc3339(sys_days(year(2024) / 2 / 28) + days(1)) == "2024-02-29T00:00:00.000Z");
  BOOST_TEST(rfc3339(sys_days(year(2023) / 2 / 28) + days(1)) == "2023-03-01T00:00:00.000Z");
  BOOST_TEST(rfc3339(sys_days(year(2000) / 2 / 28) + days(1)) == "2000-02-29T00:00:00.000Z");
  BOOST_TEST(rfc3339(sys_days(year(2100) / 2 / 28) + days(1)) == "2100-03-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(milliseconds_are_rounded_down_and_never_up_into_the_next_second) {
  BOOST_TEST(written(2026, 1, 31, microseconds(999)) == "2026-01-31T00:00:00.000Z");
  BOOST_TEST(written(2026, 1, 31, microseconds(1000)) == "2026-01-31T00:00:00.001Z");
  BOOST_TEST(written(2026, 12, 31, hours(24) - microseconds(1)) == "2026-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(before_1970_too_they_are_rounded_down) {
  BOOST_TEST(rfc3339(Timestamp(microseconds(-1))) == "1969-12-31T23:59:59.999Z");
  BOOST_TEST(rfc3339(Timestamp(microseconds(-1000))) == "1969-12-31T23:59:59.999Z");
  BOOST_TEST(rfc3339(Timestamp(microseconds(-1001))) == "1969-12-31T23:59:59.998Z");
  BOOST_TEST(rfc3339(Timestamp(seconds(-1))) == "1969-12-31T23:59:59.000Z");
  BOOST_TEST(written(1, 1, 1, microseconds(0)) == "0001-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(every_field_is_padded) {
  BOOST_TEST(written(999, 3, 4, hours(5) + minutes(6) + seconds(7) + milliseconds(8)) ==
             "0999-03-04T05:06:07.008Z");
  BOOST_TEST(written(9999, 12, 31, hours(24) - milliseconds(1)) == "9999-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(the_system_s_clock_tells_the_time_of_the_system) {
  const auto before = floor<microseconds>(system_clock::now());
  const Timestamp now = SystemClock().now();
  BOOST_TEST((before <= now && now <= system_clock::now()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
