#include "taskward/http/header_values.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/support_outcome.hpp"

namespace taskward::http {
namespace {

std::string token_in(std::string_view authorization) {
  return std::string(bearer_token(authorization).value_or("none"));
}

std::string query_of(std::string_view text) {
  const auto query = parse_query(text);
  if (!query) return testing::outcome(query);
  std::string out;
  for (const auto& [key, value] : *query) out += '[' + key + '=' + value + ']';
  return out;
}

BOOST_AUTO_TEST_SUITE(header_values)

BOOST_AUTO_TEST_CASE(application_json_is_recognized_in_any_notation) {
  for (const std::string_view good :
       {"application/json", "Application/JSON", " application/json ", "application/json;charset=utf-8",
        "application/json; charset=UTF-8", "application/json; charset=\"utf-8\"",
        "application/json ; CHARSET=Utf-8", "application/json;", "application/json; version=1",
        "application/json; version=1; charset=utf-8", "application/json; charset=utf8",
        "application/json; charset=latin1", "application/json; charset=utf-16", "application/json; charset=",
        "application/json; charset=utf-8; charset=latin1", "application/json; charset=\"utf-8"}) {
    BOOST_TEST(is_json(good), good);
  }
}

BOOST_AUTO_TEST_CASE(other_media_types_are_not_json) {
  for (const std::string_view bad :
       {"", " ", ";", "json", "text/json", "text/plain", "application/jsonx", "application/json5",
        "application/jso", "application/problem+json", "application/json-patch+json",
        "application/merge-patch+json", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json", "application/json, text/plain", "application/ json",
        "application /json", "text/plain; charset=utf-8", "*/*"}) {
    BOOST_TEST(!is_json(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(json_merge_patch_and_csv_are_told_apart) {
  struct Type {
    std::string name;
    bool (*is_it)(std::string_view content_type) noexcept;
  };
  const std::vector<Type> types{
      {"application/json", is_json}, {"application/merge-patch+json", is_merge_patch}, {"text/csv", is_csv}};
  for (const Type& one : types) {
    for (const Type& other : types) {
      for (const char* parameters : {"", ";", " ; charset=UTF-8", "; charset=\"utf-8\"", "; header=present"})
        BOOST_TEST(one.is_it(other.name + parameters) == (&one == &other), one.name << ' ' << other.name);
      BOOST_TEST(!one.is_it(other.name + "x"), other.name);
      BOOST_TEST(!one.is_it("x" + other.name), other.name);
      BOOST_TEST(!one.is_it(other.name + ", " + one.name), other.name);
    }
    BOOST_TEST(!one.is_it(""), one.name);
    BOOST_TEST(!one.is_it(one.name.substr(0, one.name.size() - 1)), one.name);
  }
  BOOST_TEST(is_merge_patch("Application/Merge-Patch+JSON"));
  BOOST_TEST(is_csv(" TEXT/CSV\t; charset=utf-8; header=absent"));
  BOOST_TEST(is_csv("text/csv; charset=utf8"));
  BOOST_TEST(is_csv("text/csv; charset=us-ascii"));
  BOOST_TEST(!is_csv("text/csv; charset=iso-8859-1"));
  BOOST_TEST(!is_csv("text/csv; header=present; charset=utf-16"));
  for (const char* bad : {"application/json-patch+json", "application/merge-patch", "merge-patch+json"})
    BOOST_TEST(!is_merge_patch(bad), bad);
  for (const char* bad : {"application/csv", "text/comma-separated-values", "text/plain", "text/*", "csv"})
    BOOST_TEST(!is_csv(bad), bad);
}

BOOST_AUTO_TEST_CASE(bearer_scheme_is_case_insensitive) {
  BOOST_TEST(token_in("Bearer abc") == "abc");
  BOOST_TEST(token_in("bearer abc") == "abc");
  BOOST_TEST(token_in("BEARER abc") == "abc");
  BOOST_TEST(token_in("Bearer    abc") == "abc");
  BOOST_TEST(token_in("Bearer aZ09-._~+/==") == "aZ09-._~+/==");
}

BOOST_AUTO_TEST_CASE(scheme_basic_is_recognized_in_any_case) {
  BOOST_TEST(is_basic("bAsIc x"));
  BOOST_TEST(!is_basic("Basic"));
  BOOST_TEST(!is_basic("Basically x"));
}

BOOST_AUTO_TEST_CASE(malformed_authorization_contains_no_bearer_token) {
  for (const std::string_view bad : {"",
                                     "Bearer",
                                     "Bearer ",
                                     "Bearer   ",
                                     "Bearerabc",
                                     "Bearer\tabc",
                                     " Bearer abc",
                                     "Basic abc",
                                     "Bear abc",
                                     "Bearer a b",
                                     "Bearer abc ",
                                     "Bearer abc,",
                                     "Bearer a,b",
                                     "Bearer \"abc\"",
                                     "Bearer a\tb",
                                     "Bearer a\nb",
                                     "Bearer abc\r",
                                     "Bearer ab%20c",
                                     "Bearer Bearer abc",
                                     "Bearer é",
                                     "Bearer a:b",
                                     "Bearer a;b",
                                     "Bearer =",
                                     "Bearer ==",
                                     "Bearer a=b",
                                     "Bearer =a",
                                     "Bearer a==b="}) {
    BOOST_TEST(token_in(bad) == "none", bad);
  }
  BOOST_TEST(token_in(std::string_view("Bearer a\0b", 10)) == "none");
}

BOOST_AUTO_TEST_CASE(percent_escapes_and_plus_signs_are_decoded) {
  BOOST_TEST(form_decoded("a+b%20c").value_or("none") == "a b c");
  BOOST_TEST(form_decoded("%2B%25%26%3d%3D").value_or("none") == "+%&==");
  BOOST_TEST(form_decoded("caf%C3%A9%f0%9f%a6%8a").value_or("none") == "café🦊");
  BOOST_TEST(form_decoded("").value_or("none") == "");
  BOOST_TEST(form_decoded("%2541").value_or("none") == "%41");
}

BOOST_AUTO_TEST_CASE(malformed_escapes_nul_and_invalid_utf8_are_rejected) {
  for (const std::string_view bad :
       {"%", "%4", "a%", "a%4", "%zz", "%4g", "%g4", "%%41", "% 41", "%-1", "%+1", "%00", "a%00b", "%ff",
        "%c0%af", "%ed%a0%80", "%c3", "\xff", "caf\xc3"}) {
    BOOST_TEST(!form_decoded(bad), bad);
  }
  BOOST_TEST(!form_decoded(std::string_view("a\0b", 3)));
}

BOOST_AUTO_TEST_CASE(query_parameters_keep_their_order_with_or_without_values) {
  BOOST_TEST(query_of("") == "");
  BOOST_TEST(query_of("a=1&b=2&a=3") == "[a=1][b=2][a=3]");
  BOOST_TEST(query_of("a&b=") == "[a=][b=]");
  BOOST_TEST(query_of("&&a=1&") == "[a=1]");
  BOOST_TEST(query_of("a=b=c") == "[a=b=c]");
  BOOST_TEST(query_of("=x") == "[=x]");
  BOOST_TEST(query_of("a%26b=c%3Dd+e") == "[a&b=c=d e]");
  BOOST_TEST(query_of("a=1;b=2") == "[a=1;b=2]");
}

BOOST_AUTO_TEST_CASE(one_undecodable_parameter_rejects_the_query) {
  for (const std::string_view bad : {"a=1&b=%zz", "%=1", "a=%00", "a=%ff", "a=1&%c3=2"}) {
    BOOST_TEST(query_of(bad) == "bad_request", bad);
  }
}

BOOST_AUTO_TEST_CASE(time_sent_is_seconds_with_three_decimals) {
  BOOST_TEST((parse_sent_at("1769860799.123") == Timestamp(std::chrono::milliseconds(1'769'860'799'123))));
  BOOST_TEST((parse_sent_at("0.000") == Timestamp{}));
  BOOST_TEST(parse_sent_at("999999999999.999").has_value());
  for (const std::string_view bad :
       {"", ".", ".123", "1769860799", "1769860799.", "1769860799.12", "1769860799.1234", "-1.000", "+1.000",
        "1 .000", "1.0 0", "1.0.0", "1e3.000", "9999999999999.999", "now", "1769860799,123"}) {
    BOOST_TEST(!parse_sent_at(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::http
