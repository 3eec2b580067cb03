// Values of calendar properties.
#include "taskward/calendar/values.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace taskward::calendar {
namespace {

using Texts = std::vector<std::string>;
constexpr auto each = boost::test_tools::per_element();

BOOST_AUTO_TEST_SUITE(calendar_values)

BOOST_AUTO_TEST_CASE(escapes_in_texts_are_resolved) {
  BOOST_TEST(text_of("a\\, b\\; c\\\\ d\\ne\\Nf") == "a, b; c\\ d\ne\nf");
  BOOST_TEST(text_of("a,b;c") == "a,b;c");
  BOOST_TEST(text_of("\\\\n") == "\\n");
  BOOST_TEST(text_of("\\x\\") == "\\x\\");
  BOOST_TEST(text_of("") == "");
}

BOOST_AUTO_TEST_CASE(lists_are_divided_at_commas_without_a_backslash) {
  BOOST_TEST(texts_of("home,a\\,b,c") == (Texts{"home", "a,b", "c"}), each);
  BOOST_TEST(texts_of("a\\\\,b") == (Texts{"a\\", "b"}), each);
  BOOST_TEST(texts_of(",a,,") == Texts{"a"}, each);
  BOOST_TEST(texts_of("").empty());
}

BOOST_AUTO_TEST_CASE(dates_and_times_are_validated) {
  using namespace std::chrono;
  const auto date = date_time_of("20260131");
  BOOST_REQUIRE(date);
  BOOST_TEST((date->is_date && !date->is_utc && date->time == local_days(year(2026) / 1 / 31)));
  const auto utc = date_time_of("20240229T235960Z");
  BOOST_REQUIRE(utc);
  BOOST_TEST((!utc->is_date && utc->is_utc && utc->time == local_days(year(2024) / 3 / 1)));
  const auto local = date_time_of("00010101T000001");
  BOOST_REQUIRE(local);
  BOOST_TEST((!local->is_date && !local->is_utc));
  for (const char* bad : {"",
                          "Z",
                          "2026",
                          "20260132",
                          "20260229",
                          "20261301",
                          "00000101",
                          "20260131Z",
                          "20260131T",
                          "20260131T2400",
                          "20260131T240000",
                          "20260131T006000",
                          "20260131T000061",
                          "20260131t000000",
                          "2026-1-31",
                          "20260131T000000ZZ",
                          "20260131T000000+0100",
                          "+0260131",
                          "20260131T-00001",
                          " 20260131"})
    BOOST_TEST(!date_time_of(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(numbers_have_at_most_9_digits) {
  BOOST_TEST(number_of("0").value_or(-1) == 0);
  BOOST_TEST(number_of("999999999").value_or(-1) == 999'999'999);
  for (const char* bad : {"", "-1", "+1", "1000000000", "1x", " 1"})
    BOOST_TEST(!number_of(bad).has_value(), bad);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::calendar
