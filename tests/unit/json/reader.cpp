#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

#include "taskward/base/secret.hpp"
#include "taskward/json/value.hpp"
#include "tests/unit/support_json.hpp"
#include "tests/unit/support_outcome.hpp"

namespace taskward::json {
namespace {

using testing::object_in;
using testing::outcome;
using testing::parsed;
using testing::text_of;

std::string times(int count, std::string_view piece) {
  std::string out;
  for (int i = 0; i < count; ++i) out += piece;
  return out;
}

/// "ok", or what the client is told.
std::string told(std::string text) {
  const auto value = parse(text);
  return value ? "ok" : value.error().detail;
}

std::string at(int offset, const std::string& why) {
  return "The body is not valid JSON: at byte " + std::to_string(offset) + ", " + why + '.';
}

BOOST_AUTO_TEST_SUITE(json_reader)

BOOST_AUTO_TEST_CASE(a_document_becomes_a_tree_in_its_own_order) {
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
    BOOST_TEST(told(text) == "ok", text);
}

BOOST_AUTO_TEST_CASE(nesting_of_32_is_read_and_33_is_refused) {
  BOOST_TEST(told(times(32, "[") + times(32, "]")) == "ok");
  BOOST_TEST(told(times(33, "[") + times(33, "]")).find("deeper than 32") != std::string::npos);
  BOOST_TEST(told(times(32, R"({"a":)") + "1" + times(32, "}")) == "ok");
  BOOST_TEST(told(times(33, R"({"a":)") + "1" + times(33, "}")).find("deeper than 32") != std::string::npos);
  BOOST_TEST(told(times(16, R"([{"a":)") + "1" + times(16, "}]")) == "ok");
  BOOST_TEST(told("[" + times(16, R"([{"a":)") + "1" + times(16, "}]") + "]").find("deeper") !=
             std::string::npos);
  BOOST_TEST(told("[" + times(40, "[[]],") + "1]") == "ok");
}

BOOST_AUTO_TEST_CASE(a_body_full_of_brackets_is_refused_at_once) {
  for (const char* piece : {"[", R"({"a":)", R"([{"a":)"}) {
    std::string text = times(60 * 1024, piece);
    text.resize(60UL * 1024);
    BOOST_TEST(told(text).find("deeper than 32") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_member_that_stands_twice_is_refused_however_it_is_spelled) {
  for (const char* text :
       {R"({"a":1,"a":2})", R"({"a":1,"\u0061":2})", R"({"\u0061":1,"a":2})", R"({"":1,"":2})",
        R"([{"x":{"a":1,"b":2,"a":3}}])", R"({"é":1,"\u00e9":2})", R"({"🦊":1,"\ud83e\udd8a":2})"}) {
    BOOST_TEST(told(text).find("a member name stands twice in one object") != std::string::npos, text);
  }
  BOOST_TEST(told(R"({"a":{"a":1},"b":{"a":2},"A":3})") == "ok");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_refused_in_strings_and_names) {
  for (const std::string_view bytes :
       {std::string_view("\x80"), std::string_view("\xff"), std::string_view("\xc0\xaf"),
        std::string_view("\xc3"), std::string_view("\xed\xa0\x80"), std::string_view("\xf4\x90\x80\x80"),
        std::string_view("\xf0\x80\x80\xaf"), std::string_view("\xe2\x82")}) {
    const std::string noise(bytes);
    BOOST_TEST(told("[\"a" + noise + "\"]") != "ok");
    BOOST_TEST(told("{\"a" + noise + "\":1}") != "ok");
    BOOST_TEST(told("[" + noise + "]") != "ok");
  }
}

BOOST_AUTO_TEST_CASE(a_lone_surrogate_is_refused_in_strings_and_names) {
  for (const std::string escape : {R"(\ud800)", R"(\udbff)", R"(\udc00)", R"(\udfff)", R"(\ud800\ud800)",
                                   R"(\udc00\ud800)", R"(\ud800x)", R"(\ud800\n)", R"(\ud800\u0041)"}) {
    BOOST_TEST(told("[\"" + escape + "\"]") != "ok", escape);
    BOOST_TEST(told("{\"" + escape + "\":1}") != "ok", escape);
  }
  BOOST_TEST(told(R"(["\ud800\udc00\udbff\udfff"])") == "ok");
}

BOOST_AUTO_TEST_CASE(a_nul_byte_is_refused_wherever_it_stands) {
  BOOST_TEST(told(std::string("{}\0", 3)) == at(2, "there is a NUL byte"));
  BOOST_TEST(told(std::string("{}\0{", 4)) == at(2, "there is a NUL byte"));
  BOOST_TEST(told(std::string("[\"a\0b\"]", 7)) == at(3, "there is a NUL byte"));
  BOOST_TEST(told(std::string("\0", 1)) == at(0, "there is a NUL byte"));
}

BOOST_AUTO_TEST_CASE(an_escaped_nul_is_a_character_of_the_text) {
  BOOST_TEST(*parsed(R"("a\u0000b")").get_if<std::string>() == std::string("a\0b", 3));
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_refused_with_400) {
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

BOOST_AUTO_TEST_CASE(the_offset_is_that_of_the_fault_even_behind_escapes) {
  BOOST_TEST(told("[1,x]").starts_with("The body is not valid JSON: at byte 3,"));
  BOOST_TEST(told(R"(["\u00e9\u00e9",x])").starts_with("The body is not valid JSON: at byte 16,"));
  BOOST_TEST(told("{} x").starts_with("The body is not valid JSON: at byte 3,"));
  BOOST_TEST(told("").starts_with("The body is not valid JSON: at byte 0,"));
  BOOST_TEST(told("\xEF\xBB\xBF{}").starts_with("The body is not valid JSON: at byte 0,"));
}

BOOST_AUTO_TEST_CASE(whole_numbers_of_64_bits_are_kept_and_others_become_floating) {
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

BOOST_AUTO_TEST_CASE(numbers_that_no_double_holds_are_refused_or_rounded_and_never_infinite) {
  for (const std::string& text : {std::string("1e309"), std::string("-1e309"), std::string("1e999999999999"),
                                  times(400, "9"), "[" + times(60'000, "9") + "]"}) {
    BOOST_TEST(told(text) != "ok", text.substr(0, 20));
  }
  for (const std::string& text :
       {std::string("1e-999999999"), "0." + times(60'000, "1"), "1" + times(300, "0"), std::string("-0")}) {
    const auto value = parsed(text);
    const auto* number = value.get_if<double>();
    BOOST_TEST((number == nullptr || std::isfinite(*number)));
  }
}

BOOST_AUTO_TEST_CASE(numbers_have_json_s_grammar_only) {
  for (const char* text :
       {"01", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x10", "1_000", "--1", "1,5", "-01"}) {
    BOOST_TEST(told(text) != "ok", text);
  }
}

BOOST_AUTO_TEST_CASE(a_string_is_wiped_when_its_value_goes) {
  // Short enough to lie in the value itself, whose memory is ours to look at afterwards.
  alignas(Value) unsigned char memory[sizeof(Value)];
  auto* value = new (memory) Value(parsed(R"("hunter2")"));
  const auto held = [&] {
    std::string bytes;
    for (const volatile unsigned char& byte : memory) bytes += static_cast<char>(byte);
    return bytes.find("hunter2") != std::string::npos;
  };
  BOOST_TEST(held());
  value->~Value();
  BOOST_TEST(!held());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::json
