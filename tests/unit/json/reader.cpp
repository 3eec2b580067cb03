#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

#include "taskward/base/secret.hpp"
#include "taskward/json/value.hpp"
#include "tests/unit/support_json.hpp"
#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::json {
namespace {

using testing::malformed_json_at;
using testing::object_in;
using testing::outcome;
using testing::parsed;
using testing::repeat;
using testing::text_of;

/// "ok", or the detail of the error.
std::string error_detail(std::string text) {
  const auto value = parse(text);
  return value ? "ok" : value.error().detail;
}

BOOST_AUTO_TEST_SUITE(json_reader)

BOOST_AUTO_TEST_CASE(document_becomes_a_tree_with_members_in_order) {
  const auto object =
      object_in(R"( {"b": [1, -2, true, null, "x", 1.5, {}], "a": "\u00e9\n\"\/\ud83e\udd8a"} )");
  BOOST_REQUIRE_EQUAL(object.size(), 2U);
  BOOST_TEST(object[0].first == "b");
  BOOST_TEST(text_of(object, "a") == "é\n\"/🦊");
  const auto& array = *object[0].second.get_if<Array>();
  BOOST_REQUIRE_EQUAL(array.size(), 7U);
  BOOST_TEST(*array[0].get_if<std::int64_t>() == 1);
  BOOST_TEST(*array[1].get_if<std::int64_t>() == -2);
  BOOST_TEST(*array[2].get_if<bool>());
  BOOST_TEST(array[3].is_null());
  BOOST_TEST(*array[4].get_if<std::string>() == "x");
  BOOST_TEST(*array[5].get_if<double>() == 1.5);
  BOOST_TEST(array[6].get_if<Object>()->empty());
  BOOST_TEST(find(object, "c") == nullptr);
}

BOOST_AUTO_TEST_CASE(any_value_may_be_the_root) {
  for (const char* text : {"null", "true", "0", "\"\"", "[]", "{}", " \t\r\n[ ]\n"})
    BOOST_TEST(error_detail(text) == "ok", text);
}

BOOST_AUTO_TEST_CASE(nesting_of_32_levels_is_accepted_and_33_is_rejected) {
  BOOST_TEST(error_detail(repeat(32, "[") + repeat(32, "]")) == "ok");
  BOOST_TEST(error_detail(repeat(33, "[") + repeat(33, "]")).find("exceeds 32 levels") != std::string::npos);
  BOOST_TEST(error_detail(repeat(32, R"({"a":)") + "1" + repeat(32, "}")) == "ok");
  BOOST_TEST(error_detail(repeat(33, R"({"a":)") + "1" + repeat(33, "}")).find("exceeds 32 levels") !=
             std::string::npos);
  BOOST_TEST(error_detail(repeat(16, R"([{"a":)") + "1" + repeat(16, "}]")) == "ok");
  BOOST_TEST(error_detail("[" + repeat(16, R"([{"a":)") + "1" + repeat(16, "}]") + "]").find("exceeds 32") !=
             std::string::npos);
  BOOST_TEST(error_detail("[" + repeat(40, "[[]],") + "1]") == "ok");
}

BOOST_AUTO_TEST_CASE(deeply_nested_body_is_rejected) {
  for (const char* piece : {"[", R"({"a":)", R"([{"a":)"}) {
    std::string text = repeat(60 * 1024, piece);
    text.resize(60UL * 1024);
    BOOST_TEST(error_detail(text).find("exceeds 32 levels") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(duplicate_member_name_is_rejected_even_if_escaped) {
  for (const char* text :
       {R"({"a":1,"a":2})", R"({"a":1,"\u0061":2})", R"({"\u0061":1,"a":2})", R"({"":1,"":2})",
        R"([{"x":{"a":1,"b":2,"a":3}}])", R"({"é":1,"\u00e9":2})", R"({"🦊":1,"\ud83e\udd8a":2})"}) {
    BOOST_TEST(error_detail(text).find("an object has a duplicate member name") != std::string::npos, text);
  }
  BOOST_TEST(error_detail(R"({"a":{"a":1},"b":{"a":2},"A":3})") == "ok");
}

BOOST_AUTO_TEST_CASE(invalid_utf8_in_strings_and_names_is_rejected) {
  for (const std::string_view bytes :
       {std::string_view("\x80"), std::string_view("\xff"), std::string_view("\xc0\xaf"),
        std::string_view("\xc3"), std::string_view("\xed\xa0\x80"), std::string_view("\xf4\x90\x80\x80"),
        std::string_view("\xf0\x80\x80\xaf"), std::string_view("\xe2\x82")}) {
    const std::string noise(bytes);
    BOOST_TEST(error_detail("[\"a" + noise + "\"]") != "ok");
    BOOST_TEST(error_detail("{\"a" + noise + "\":1}") != "ok");
    BOOST_TEST(error_detail("[" + noise + "]") != "ok");
  }
}

BOOST_AUTO_TEST_CASE(lone_surrogate_in_strings_and_names_is_rejected) {
  for (const std::string escape : {R"(\ud800)", R"(\udbff)", R"(\udc00)", R"(\udfff)", R"(\ud800\ud800)",
                                   R"(\udc00\ud800)", R"(\ud800x)", R"(\ud800\n)", R"(\ud800\u0041)"}) {
    BOOST_TEST(error_detail("[\"" + escape + "\"]") != "ok", escape);
    BOOST_TEST(error_detail("{\"" + escape + "\":1}") != "ok", escape);
  }
  BOOST_TEST(error_detail(R"(["\ud800\udc00\udbff\udfff"])") == "ok");
}

BOOST_AUTO_TEST_CASE(nul_byte_anywhere_in_a_document_is_rejected) {
  BOOST_TEST(error_detail(std::string("{}\0", 3)) == malformed_json_at(2) + "NUL byte.");
  BOOST_TEST(error_detail(std::string("{}\0{", 4)) == malformed_json_at(2) + "NUL byte.");
  BOOST_TEST(error_detail(std::string("[\"a\0b\"]", 7)) == malformed_json_at(3) + "NUL byte.");
  BOOST_TEST(error_detail(std::string("\0", 1)) == malformed_json_at(0) + "NUL byte.");
}

BOOST_AUTO_TEST_CASE(escaped_nul_is_a_character_of_the_string) {
  BOOST_TEST(*parsed(R"("a\u0000b")").get_if<std::string>() == std::string("a\0b", 3));
}

BOOST_AUTO_TEST_CASE(malformed_document_is_rejected) {
  for (const char* text : {"",
                           " ",
                           "\n",
                           "{",
                           "}",
                           "[",
                           "]",
                           "[1,]",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\" 1}",
                           "{\"a\":}",
                           "{1:2}",
                           "nul",
                           "nulll",
                           "True",
                           "tru",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           "undefined",
                           "[1 2]",
                           "\"a",
                           "\"\\x41\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\\\"",
                           "\"a\nb\"",
                           "\"a\tb\"",
                           "{}{}",
                           "{} x",
                           "[]]",
                           "1 2",
                           "// c\n{}",
                           "{}//",
                           "/* */{}",
                           "\xEF\xBB\xBF{}",
                           "\xFF\xFE{\x01",
                           "[1],",
                           "<a/>"}) {
    std::string copy(text);
    BOOST_TEST(outcome(parse(copy)) == "malformed_json", text);
  }
}

BOOST_AUTO_TEST_CASE(error_offset_is_exact_even_after_escapes) {
  BOOST_TEST(error_detail("[1,x]").starts_with(malformed_json_at(3)));
  BOOST_TEST(error_detail(R"(["\u00e9\u00e9",x])").starts_with(malformed_json_at(16)));
  BOOST_TEST(error_detail("{} x").starts_with(malformed_json_at(3)));
  BOOST_TEST(error_detail("").starts_with(malformed_json_at(0)));
  BOOST_TEST(error_detail("\xEF\xBB\xBF{}").starts_with(malformed_json_at(0)));
}

BOOST_AUTO_TEST_CASE(numbers_are_64_bit_integers_if_possible_and_otherwise_doubles) {
  BOOST_TEST(*parsed("9223372036854775807").get_if<std::int64_t>() == INT64_MAX);
  BOOST_TEST(*parsed("-9223372036854775808").get_if<std::int64_t>() == INT64_MIN);
  BOOST_TEST(*parsed("9223372036854775808").get_if<double>() == 9223372036854775808.0);
  BOOST_TEST(*parsed("-9223372036854775809").get_if<double>() == -9223372036854775809.0);
  BOOST_TEST(*parsed("18446744073709551616").get_if<double>() == 18446744073709551616.0);
  BOOST_TEST(*parsed("1e2").get_if<double>() == 100.0);
  BOOST_TEST(*parsed("1.0").get_if<double>() == 1.0);
  BOOST_TEST(*parsed("5e-324").get_if<double>() == 5e-324);
  BOOST_TEST(*parsed("0.1").get_if<double>() == 0.1);
  BOOST_TEST(*parsed("1.7976931348623157e308").get_if<double>() == 1.7976931348623157e308);
}

BOOST_AUTO_TEST_CASE(out_of_range_numbers_are_rejected_or_rounded_never_infinite) {
  for (const std::string& text : {std::string("1e309"), std::string("-1e309"), std::string("1e999999999999"),
                                  repeat(400, "9"), "[" + repeat(60'000, "9") + "]"}) {
    BOOST_TEST(error_detail(text) != "ok", text.substr(0, 20));
  }
  for (const std::string& text :
       {std::string("1e-999999999"), "0." + repeat(60'000, "1"), "1" + repeat(300, "0"), std::string("-0")}) {
    const auto value = parsed(text);
    const auto* number = value.get_if<double>();
    BOOST_TEST((number == nullptr || std::isfinite(*number)));
  }
}

BOOST_AUTO_TEST_CASE(numbers_follow_the_json_grammar) {
  for (const char* text :
       {"01", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x10", "1_000", "--1", "1,5", "-01"}) {
    BOOST_TEST(error_detail(text) != "ok", text);
  }
}

BOOST_AUTO_TEST_CASE(destroyed_value_wipes_its_string) {
  // Short enough for the small-string optimization, so that it is stored in the value itself.
  alignas(Value) unsigned char memory[sizeof(Value)];
  auto* value = new (memory) Value(parsed(R"("hunter2")"));
  const auto is_in_memory = [&] {
    std::string bytes;
    for (const volatile unsigned char& byte : memory) bytes += static_cast<char>(byte);
    return bytes.find("hunter2") != std::string::npos;
  };
  BOOST_TEST(is_in_memory());
  value->~Value();
  BOOST_TEST(!is_in_memory());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::json
