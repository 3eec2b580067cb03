// If-Match and If-None-Match (RFC 9110, 8.8.3 and 13.1).
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/http/header_values.hpp"

namespace taskward::http {
namespace {

/// "*", or each entity tag as [text] or, if weak, W[text]; "none" if the value is malformed.
std::string read(std::string_view value) {
  const auto tags = entity_tags(value);
  if (!tags) return "none";
  std::string out = tags->any ? "*" : "";
  for (const auto& tag : tags->tags) out += (tag.is_weak ? "W[" : "[") + tag.opaque + ']';
  return out;
}

BOOST_AUTO_TEST_SUITE(entity_tag_lists)

BOOST_AUTO_TEST_CASE(entity_tag_is_the_text_between_the_quotes) {
  BOOST_TEST(read(R"("3")") == "[3]");
  BOOST_TEST(read(R"("xyzzy")") == "[xyzzy]");
  BOOST_TEST(read(R"("")") == "[]");
  BOOST_TEST(read(R"("W/")") == "[W/]");
  BOOST_TEST(read(R"("*")") == "[*]");
  BOOST_TEST(read(R"("a,b")") == "[a,b]");
  BOOST_TEST(read(R"("a\")") == R"([a\])");
  BOOST_TEST(read("\"\xe9\xff\x80\"") == "[\xe9\xff\x80]");
}

BOOST_AUTO_TEST_CASE(weak_entity_tag_has_exactly_the_prefix_w_slash) {
  BOOST_TEST(read(R"(W/"3")") == "W[3]");
  BOOST_TEST(read(R"(W/"")") == "W[]");
  for (const char* bad : {R"(w/"3")", R"(W"3")", R"(W/ "3")", R"(W /"3")", R"(W/3)", R"(W/W/"3")", "W/", "W",
                          "W/*", R"(/"3")", R"("3"W/)"}) {
    BOOST_TEST(read(bad) == "none", bad);
  }
}

BOOST_AUTO_TEST_CASE(entity_tags_are_separated_by_commas_and_keep_their_order) {
  BOOST_TEST(read(R"("1","2")") == "[1][2]");
  BOOST_TEST(read(R"("1", W/"2" ,"3")") == "[1]W[2][3]");
  BOOST_TEST(read("\"1\"\t,\t\"2\"") == "[1][2]");
  BOOST_TEST(read(R"("1","1")") == "[1][1]");
  for (const char* bad : {R"("1" "2")", R"("1""2")", R"("1";"2")", R"("1"x,"2")", R"("1",x)", R"(x,"1")"}) {
    BOOST_TEST(read(bad) == "none", bad);
  }
}

BOOST_AUTO_TEST_CASE(empty_elements_and_whitespace_in_lists_are_skipped) {
  BOOST_TEST(read(R"(,"1")") == "[1]");
  BOOST_TEST(read(R"("1",)") == "[1]");
  BOOST_TEST(read(R"(, ,"1",,	, "2" , )") == "[1][2]");
  BOOST_TEST(read(R"(  "1"	)") == "[1]");
}

BOOST_AUTO_TEST_CASE(asterisk_must_be_the_only_element) {
  BOOST_TEST(read("*") == "*");
  BOOST_TEST(read(" * ") == "*");
  for (const char* bad : {"**", "*,", ",*", "*,*", R"(*,"1")", R"("1",*)", R"("1"*)", R"(*"1")", "'*'"}) {
    BOOST_TEST(read(bad) == "none", bad);
  }
}

BOOST_AUTO_TEST_CASE(malformed_entity_tag_list_is_rejected) {
  for (const char* bad : {"",          " ",
                          "\t",        ",",
                          " , ,",      "3",
                          "abc",       "'3'",
                          "\"",        "\"3",
                          "3\"",       "\"3\"\"",
                          "\"1\",\"",  "W/\"",
                          "\"a b\"",   "\"a\tb\"",
                          "\"a\nb\"",  "\"a\x7f\"",
                          "\"a\x01\"", "<3>",
                          "\"1\"\r\n", "\u201c3\u201d"}) {
    BOOST_TEST(read(bad) == "none", bad);
  }
  BOOST_TEST(read(std::string_view("\"a\0b\"", 5)) == "none");
  BOOST_TEST(read(std::string_view("\"a\"\0", 4)) == "none");
}

BOOST_AUTO_TEST_CASE(entity_tag_contains_only_etagc_characters) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_allowed = byte == 0x21 || (byte >= 0x23 && byte <= 0x7e) || byte >= 0x80;
    const std::string text(1, static_cast<char>(byte));
    BOOST_TEST(read("\"a" + text + "b\"") == (is_allowed ? "[a" + text + "b]" : "none"), byte);
  }
}

BOOST_AUTO_TEST_CASE(long_entity_tag_list_is_parsed_completely) {
  std::string value;
  for (int i = 0; i < 2000; ++i) value += "\"" + std::to_string(i) + "\",";
  const auto tags = entity_tags(value);
  BOOST_REQUIRE(tags);
  BOOST_TEST(tags->tags.size() == 2000U);
  BOOST_TEST(tags->tags.back().opaque == "1999");
  BOOST_TEST(read(value + "x") == "none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::http
