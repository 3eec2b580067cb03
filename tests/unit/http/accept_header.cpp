// Content negotiation by the Accept header (RFC 9110, 12.5.1).
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/http/header_values.hpp"

namespace taskward::http {
namespace {

constexpr std::string_view kOptInType = "application/x-ndjson";
constexpr std::string_view kDefaultType = "application/json";

int quality_of(std::string_view accept, std::string_view type = kOptInType) {
  return acceptance(accept, type).quality;
}

BOOST_AUTO_TEST_SUITE(accept_header)

BOOST_AUTO_TEST_CASE(empty_accept_header_accepts_everything) {
  for (const std::string_view none : {"", " ", "\t"}) {
    BOOST_TEST(quality_of(none) == 1000);
    BOOST_TEST(!asks_for(none, kOptInType, kDefaultType), none);
  }
}

BOOST_AUTO_TEST_CASE(quality_value_has_at_most_three_decimals) {
  BOOST_TEST(quality_of("application/x-ndjson") == 1000);
  BOOST_TEST(quality_of("application/x-ndjson;q=1") == 1000);
  BOOST_TEST(quality_of("application/x-ndjson; q=1.000") == 1000);
  BOOST_TEST(quality_of("application/x-ndjson ; Q=0.5") == 500);
  BOOST_TEST(quality_of("application/x-ndjson;q=0.05") == 50);
  BOOST_TEST(quality_of("application/x-ndjson;q=0.123") == 123);
  BOOST_TEST(quality_of("application/x-ndjson;q=0.") == 0);
  BOOST_TEST(quality_of("application/x-ndjson;a=\"x;q=0,y\";q=0.7") == 700);
  for (const std::string bad : {"", "2", "1.001", "0.1234", "-1", ".5", "0,5", "x", "1x", "0.x"})
    BOOST_TEST(quality_of("application/x-ndjson;q=" + bad) == 0, bad);
}

BOOST_AUTO_TEST_CASE(most_specific_media_range_takes_precedence) {
  BOOST_TEST(quality_of("*/*;q=0.1, application/*;q=0.2, application/x-ndjson;q=0.3") == 300);
  BOOST_TEST(quality_of("application/x-ndjson;q=0, application/*, */*") == 0);
  BOOST_TEST(quality_of("*/*;q=0.1, APPLICATION/*;q=0.2") == 200);
  BOOST_TEST(quality_of("*/*;q=0.1, text/*") == 100);
  BOOST_TEST(quality_of("text/html") == 0);
  BOOST_TEST(quality_of("application/x-ndjsonx, application/x-ndjso, application") == 0);
}

BOOST_AUTO_TEST_CASE(opt_in_type_must_be_named_with_at_least_the_default_quality) {
  for (const std::string_view yes :
       {"application/x-ndjson", "Application/X-NDJSON", "application/x-ndjson, */*",
        "application/x-ndjson;q=0.5", "text/html, application/x-ndjson;q=0.9, */*;q=0.8",
        "application/json;q=0.9, application/x-ndjson", ",application/x-ndjson,"}) {
    BOOST_TEST(asks_for(yes, kOptInType, kDefaultType), yes);
  }
  for (const std::string_view no :
       {"*/*", "application/*", "application/json", "application/json, application/x-ndjson",
        "application/x-ndjson, application/json", "application/x-ndjson;q=0.8, */*;q=0.9",
        "application/x-ndjson;q=0", "application/x-ndjson;q=9", "text/html", "\"application/x-ndjson\"", "\"",
        "\\", "a;b=\"\\", ";;,,;"}) {
    BOOST_TEST(!asks_for(no, kOptInType, kDefaultType), no);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::http
