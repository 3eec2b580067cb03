// Parsing and formatting of timestamps (RFC 3339).
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>

#include "taskward/base/rfc3339.hpp"

namespace taskward {
namespace {

/// The parsed timestamp in UTC with microseconds, or "none".
std::string read(std::string_view text) {
  const auto timestamp = parse_rfc3339(text);
  return timestamp ? rfc3339_precise(*timestamp) : "none";
}

BOOST_AUTO_TEST_SUITE(rfc3339_timestamps)

BOOST_AUTO_TEST_CASE(precise_timestamp_has_six_decimals) {
  const auto text_of = [](std::int64_t count) {
    return rfc3339_precise(Timestamp(std::chrono::microseconds(count)));
  };
  BOOST_TEST(text_of(0) == "1970-01-01T00:00:00.000000Z");
  BOOST_TEST(text_of(1) == "1970-01-01T00:00:00.000001Z");
  BOOST_TEST(text_of(-1) == "1969-12-31T23:59:59.999999Z");
  BOOST_TEST(text_of(1'769'860'799'123'456) == "2026-01-31T11:59:59.123456Z");
  BOOST_TEST(text_of(1'769'860'799'100'000) == "2026-01-31T11:59:59.100000Z");
}

BOOST_AUTO_TEST_CASE(examples_of_rfc_3339_are_parsed) {
  BOOST_TEST(read("1985-04-12T23:20:50.52Z") == "1985-04-12T23:20:50.520000Z");
  BOOST_TEST(read("1996-12-19T16:39:57-08:00") == "1996-12-20T00:39:57.000000Z");
  BOOST_TEST(read("1990-12-31T23:59:60Z") == "1991-01-01T00:00:00.000000Z");
  BOOST_TEST(read("1990-12-31T15:59:60-08:00") == "1991-01-01T00:00:00.000000Z");
  BOOST_TEST(read("1937-01-01T12:00:27.87+00:20") == "1937-01-01T11:40:27.870000Z");
}

BOOST_AUTO_TEST_CASE(t_and_z_are_case_insensitive) {
  for (const char* text :
       {"2026-01-31T12:00:00Z", "2026-01-31t12:00:00z", "2026-01-31T12:00:00z", "2026-01-31t12:00:00Z"}) {
    BOOST_TEST(read(text) == "2026-01-31T12:00:00.000000Z", text);
  }
}

BOOST_AUTO_TEST_CASE(offset_is_subtracted_across_days_and_years) {
  BOOST_TEST(read("2026-01-31T12:00:00+00:00") == "2026-01-31T12:00:00.000000Z");
  BOOST_TEST(read("2026-01-31T12:00:00-00:00") == "2026-01-31T12:00:00.000000Z");
  BOOST_TEST(read("2026-01-31T12:00:00+05:30") == "2026-01-31T06:30:00.000000Z");
  BOOST_TEST(read("2026-01-31T12:00:00-05:30") == "2026-01-31T17:30:00.000000Z");
  BOOST_TEST(read("2026-01-01T00:00:00+23:59") == "2025-12-31T00:01:00.000000Z");
  BOOST_TEST(read("2024-02-28T23:00:00-23:59") == "2024-02-29T22:59:00.000000Z");
  BOOST_TEST(read("1970-01-01T00:30:00.5+01:00") == "1969-12-31T23:30:00.500000Z");
}

BOOST_AUTO_TEST_CASE(decimals_are_truncated_to_milliseconds) {
  const auto decimals = [](const std::string& digits) {
    const std::string text = read("2026-01-31T23:59:59." + digits + "Z");
    return text == "none" ? text : text.substr(20, 6);
  };
  BOOST_TEST(decimals("1") == "100000");
  BOOST_TEST(decimals("12") == "120000");
  BOOST_TEST(decimals("123") == "123000");
  BOOST_TEST(decimals("1234") == "123000");
  BOOST_TEST(decimals("123456") == "123000");
  BOOST_TEST(decimals("123456789") == "123000");
  BOOST_TEST(decimals("001") == "001000");
  BOOST_TEST(decimals("0009999") == "000000");
  BOOST_TEST(decimals(std::string(100'000, '9')) == "999000");
  BOOST_TEST(decimals("") == "none");
}

BOOST_AUTO_TEST_CASE(decimals_are_truncated_before_1970_too) {
  BOOST_TEST(read("1969-12-31T23:59:59.9999Z") == "1969-12-31T23:59:59.999000Z");
  BOOST_TEST(read("0001-01-01T00:00:00.0019Z") == "0001-01-01T00:00:00.001000Z");
}

BOOST_AUTO_TEST_CASE(leap_second_is_accepted_only_at_the_end_of_a_utc_day) {
  BOOST_TEST(read("2016-12-31T23:59:60.999Z") == "2017-01-01T00:00:00.999000Z");
  BOOST_TEST(read("2017-01-01T05:29:60+05:30") == "2017-01-01T00:00:00.000000Z");
  for (const char* text :
       {"2016-12-31T23:58:60Z", "2016-12-31T22:59:60Z", "2016-12-31T00:00:60Z", "2016-12-31T23:59:60+01:00",
        "2016-12-31T23:59:60-00:01", "2016-12-31T23:59:61Z", "9999-12-31T23:59:60Z"}) {
    BOOST_TEST(read(text) == "none", text);
  }
}

BOOST_AUTO_TEST_CASE(utc_year_is_between_1_and_9999) {
  BOOST_TEST(read("0001-01-01T00:00:00Z") == "0001-01-01T00:00:00.000000Z");
  BOOST_TEST(read("0001-01-01T00:01:00+00:01") == "0001-01-01T00:00:00.000000Z");
  BOOST_TEST(read("0000-12-31T23:59:00-00:01") == "0001-01-01T00:00:00.000000Z");
  BOOST_TEST(read("9999-12-31T23:59:59.999Z") == "9999-12-31T23:59:59.999000Z");
  BOOST_TEST(read("9999-12-31T23:58:59.999-00:01") == "9999-12-31T23:59:59.999000Z");
  for (const char* text :
       {"0000-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:59.999+00:01",
        "0001-01-01T23:58:59+23:59", "9999-12-31T23:59:00-00:01", "9999-12-31T00:01:00-23:59",
        "-0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z"}) {
    BOOST_TEST(read(text) == "none", text);
  }
}

BOOST_AUTO_TEST_CASE(nonexistent_dates_and_times_are_rejected) {
  for (const char* text :
       {"2026-00-31T12:00:00Z", "2026-13-31T12:00:00Z", "2026-01-00T12:00:00Z", "2026-01-32T12:00:00Z",
        "2026-02-29T12:00:00Z", "2100-02-29T12:00:00Z", "2026-04-31T12:00:00Z", "2026-01-31T24:00:00Z",
        "2026-01-31T12:60:00Z", "2026-01-31T12:00:60Z", "2026-01-31T12:00:00+24:00",
        "2026-01-31T12:00:00+00:60", "2026-01-31T12:00:00-99:00"}) {
    BOOST_TEST(read(text) == "none", text);
  }
  BOOST_TEST(read("2000-02-29T12:00:00Z") == "2000-02-29T12:00:00.000000Z");
}

BOOST_AUTO_TEST_CASE(timestamps_in_other_formats_are_rejected) {
  for (const char* text : {"",
                           "Z",
                           "now",
                           "2026",
                           "2026-01-31",
                           "12:00:00Z",
                           "1769860799",
                           "1769860799.123",
                           "2026-01-31T12:00:00",
                           "2026-01-31 12:00:00Z",
                           "2026-01-31_12:00:00Z",
                           "2026-01-31T12:00Z",
                           "2026-01-31T12Z",
                           "20260131T120000Z",
                           "2026-1-31T12:00:00Z",
                           "26-01-31T12:00:00Z",
                           "2026/01/31T12:00:00Z",
                           "2026-01-31T12:00:00.Z",
                           "2026-01-31T12:00:00,5Z",
                           "2026-01-31T12:00:00.5",
                           "2026-01-31T12:00:00.+1Z",
                           "2026-01-31T12:00:00.-1Z",
                           "2026-01-31T12:00:00.1.2Z",
                           "2026-01-31T12:00:00+0000",
                           "2026-01-31T12:00:00+00",
                           "2026-01-31T12:00:00+0:00",
                           "2026-01-31T12:00:00 00:00",
                           "2026-01-31T12:00:00+00:00Z",
                           "2026-01-31T12:00:00Z+00:00",
                           "2026-01-31T12:00:00ZZ",
                           "2026-01-31T12:00:00UTC",
                           "2026-01-31T12:00:00\u221200:00",
                           " 2026-01-31T12:00:00Z",
                           "2026-01-31T12:00:00Z ",
                           "2026-01-31T12:00:00Z\n",
                           "+2026-01-31T12:00:00Z",
                           "2026-01-31T+2:00:00Z",
                           "2026-01-31T12:-1:00Z",
                           "2026-01-31T12: 1:00Z",
                           "2026-W05-6T12:00:00Z",
                           "2026-031T12:00:00Z",
                           "2026-01-3\u0661T12:00:00Z",
                           "Sat, 31 Jan 2026 12:00:00 GMT"}) {
    BOOST_TEST(read(text) == "none", text);
  }
  BOOST_TEST(read(std::string_view("2026-01-31T12:00:00Z\0", 21)) == "none");
  BOOST_TEST(read(std::string_view("2026-01-31T12:00\0:00Z", 21)) == "none");
}

BOOST_AUTO_TEST_CASE(truncated_or_altered_timestamps_are_rejected) {
  const std::string valid = "2026-01-31T12:34:56.789+05:30";
  BOOST_REQUIRE(read(valid) == "2026-01-31T07:04:56.789000Z");
  for (std::size_t length = 0; length < valid.size(); ++length) {
    BOOST_TEST(read(valid.substr(0, length)) == "none", length);
    BOOST_TEST(read(valid.substr(length + 1)) == "none", length);
  }
  for (std::size_t position = 0; position < valid.size(); ++position) {
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      std::string text = valid;
      text[position] = c;
      if (read(text) == "none") continue;
      // Another digit, another sign, or a lowercase T.
      const bool is_digit = c >= '0' && c <= '9' && valid[position] >= '0' && valid[position] <= '9';
      BOOST_TEST(
          (is_digit || c == valid[position] || (position == 10 && c == 't') || (position == 23 && c == '-')),
          text);
    }
  }
}

BOOST_AUTO_TEST_CASE(formatted_timestamp_parses_to_the_same_timestamp) {
  using std::chrono::milliseconds;
  // About 50 000 timestamps from the first year to the last, at varying times of day.
  const auto first = *parse_rfc3339("0001-01-01T00:00:00Z");
  const auto last = *parse_rfc3339("9999-12-31T23:59:59.999Z");
  for (Timestamp timestamp = first; timestamp <= last; timestamp += milliseconds(6'311'385'427'019)) {
    const std::string text = rfc3339(timestamp);
    const auto parsed = parse_rfc3339(text);
    BOOST_TEST_REQUIRE((parsed && *parsed == timestamp), text);
  }
  BOOST_TEST((parse_rfc3339(rfc3339(last)) == last));
}

BOOST_AUTO_TEST_CASE(precise_parser_keeps_microseconds) {
  const std::string text = "2026-01-31T23:59:59.123456Z";
  BOOST_TEST(rfc3339_precise(*parse_rfc3339_precise(text)) == text);
  BOOST_TEST(rfc3339_precise(*parse_rfc3339(text)) == "2026-01-31T23:59:59.123000Z");
  BOOST_TEST(rfc3339_precise(*parse_rfc3339_precise("2026-01-31T23:59:59.1234569Z")) == text);
  BOOST_TEST(rfc3339_precise(*parse_rfc3339_precise("2026-01-31T23:59:59.00001+01:00")) ==
             "2026-01-31T22:59:59.000010Z");
  BOOST_TEST(rfc3339_precise(*parse_rfc3339_precise("0001-01-01T00:00:00.000001Z")) ==
             "0001-01-01T00:00:00.000001Z");
  BOOST_TEST(!parse_rfc3339_precise("2026-01-31T23:59:59.Z").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
