// Parsing an array one item at a time.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/json/value.hpp"
#include "tests/unit/support_json.hpp"
#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::json {
namespace {

using testing::malformed_json_at;
using testing::repeat;

std::string kind_of(const Value& value) {
  constexpr const char* kinds[] = {"null", "boolean", "whole", "floating", "text", "array", "object"};
  return kinds[value.held.index()];
}

/// "kind@offset" of each item, then "|" and the error code and field errors, if any.
std::string read(std::string_view text) {
  std::string out;
  const auto add = [&](const std::string& piece) { out += (out.empty() ? "" : " ") + piece; };
  const auto done = parse_items(text, [&](Value&& item, std::size_t offset) -> Result<Done> {
    add(kind_of(item) + '@' + std::to_string(offset));
    return Done{};
  });
  if (done) return out;
  add('|' + testing::outcome(done));
  for (const std::string& fault : testing::faults_of(done)) add(fault);
  return out;
}

/// The detail of the error, or "ok".
std::string error_detail(std::string_view text) {
  const auto done = parse_items(text, [](Value&&, std::size_t) -> Result<Done> { return Done{}; });
  return done ? "ok" : done.error().detail;
}

BOOST_AUTO_TEST_SUITE(json_array_items)

BOOST_AUTO_TEST_CASE(items_are_passed_in_order_with_their_offset) {
  BOOST_TEST(read("[]") == "");
  BOOST_TEST(read(" \t\r\n[ \n] \n") == "");
  BOOST_TEST(read(R"([1,-2.5,"x",true,null,{}])") ==
             "whole@1 floating@6 text@10 boolean@15 null@20 object@22");
  BOOST_TEST(read("[ 1 , 22\t,\r\n333 ]") == "whole@2 whole@7 whole@14");
  BOOST_TEST(read(R"([{"a":[1,[2]]},  "],[" ,{"b":{}}])") == "object@1 text@21 object@24");
  BOOST_TEST(read("\n\n[\n\"é\",\n\"🦊\"]") == "text@7 text@15");
  BOOST_TEST(read("[ [\n1],\n{\n} ]") == "array@2 object@8");
}

BOOST_AUTO_TEST_CASE(nested_array_is_one_item) {
  std::size_t item_count = 0;
  const auto done = parse_items("[[1,[2,3]],[]]", [&](Value&& item, std::size_t) -> Result<Done> {
    const auto* array = item.get_if<Array>();
    BOOST_REQUIRE(array != nullptr);
    BOOST_TEST(array->size() == (item_count++ == 0 ? 2U : 0U));
    return Done{};
  });
  BOOST_TEST(testing::outcome(done) == "ok");
  BOOST_TEST(item_count == 2U);
}

BOOST_AUTO_TEST_CASE(callback_owns_the_complete_item) {
  std::vector<Value> items;
  const auto done = parse_items(R"([{"a":"caf\u00e9","b":[1,{"c":null}]},{"a":""}])",
                                [&](Value&& item, std::size_t) -> Result<Done> {
                                  items.push_back(std::move(item));
                                  return Done{};
                                });
  BOOST_REQUIRE(done);
  BOOST_REQUIRE_EQUAL(items.size(), 2U);
  const auto* first = items[0].get_if<Object>();
  BOOST_REQUIRE(first != nullptr);
  BOOST_TEST(*find(*first, "a")->get_if<std::string>() == "café");
  const auto& array = *find(*first, "b")->get_if<Array>();
  BOOST_REQUIRE_EQUAL(array.size(), 2U);
  BOOST_TEST(find(*array[1].get_if<Object>(), "c")->is_null());
  BOOST_TEST(*find(*items[1].get_if<Object>(), "a")->get_if<std::string>() == "");
}

BOOST_AUTO_TEST_CASE(error_from_the_callback_stops_parsing_and_is_returned) {
  // Also if malformed JSON follows, because it has not been parsed yet.
  for (const std::string rest : {",4]", "]", "", ",]", "x"}) {
    int item_count = 0;
    const auto done = parse_items("[1,2,3" + rest, [&](Value&&, std::size_t) -> Result<Done> {
      if (++item_count == 2) return Error(ErrorCode::quota_exceeded, "enough");
      return Done{};
    });
    BOOST_TEST(testing::outcome(done) == "quota_exceeded", rest);
    BOOST_TEST(done.error().detail == "enough");
    BOOST_TEST(item_count == 2, rest);
  }
}

BOOST_AUTO_TEST_CASE(items_before_a_syntax_error_are_passed_and_the_error_has_an_offset) {
  BOOST_TEST(read("[1,2,x]") == "whole@1 whole@3 |malformed_json");
  BOOST_TEST(error_detail("[1,2,x]").starts_with(malformed_json_at(5)));
  BOOST_TEST(read("[1 2]") == "whole@1 |malformed_json");
  BOOST_TEST(error_detail("[1 2]").starts_with(malformed_json_at(3)));
  BOOST_TEST(read("[1,]") == "whole@1 |malformed_json");
  BOOST_TEST(read("[1") == "whole@1 |malformed_json");
  BOOST_TEST(read("[1,2] x") == "whole@1 whole@3 |malformed_json");
  BOOST_TEST(error_detail("[1,2] x").starts_with(malformed_json_at(6)));
  BOOST_TEST(read("[1][2]") == "whole@1 |malformed_json");
  BOOST_TEST(read(R"([{"a":1},{"a":])") == "object@1 |malformed_json");
  for (const char* bad : {"", " ", "[", "]", ",", "[,1]", "[,]", "[nul]", "['a']", "[\"a\nb\"]", "[/**/1]"})
    BOOST_TEST(read(bad).ends_with("|malformed_json"), bad);
}

BOOST_AUTO_TEST_CASE(root_that_is_not_an_array_is_reported_as_one_error) {
  for (const char* root : {"1", "\"x\"", "null", "true", "-1.5", " \"[1]\" ", "{}", R"({"a":[1,2]})"})
    BOOST_TEST(read(root) == "|validation_failed  wrong_type", root);
  BOOST_TEST(read("1 x") == "|malformed_json");
  BOOST_TEST(read("\"x") == "|malformed_json");
}

BOOST_AUTO_TEST_CASE(root_object_is_rejected_at_its_first_byte) {
  // The rest of the text is not parsed.
  for (const std::string& rest : {std::string("}"), std::string(), std::string(R"("a":1,"a":2})"),
                                  std::string("\"a\":[1,"), repeat(100, "[")}) {
    BOOST_TEST(read(" {" + rest) == "|validation_failed  wrong_type", rest);
  }
  BOOST_TEST(read("[{}]") == "object@1");
}

BOOST_AUTO_TEST_CASE(duplicate_member_name_in_an_item_is_rejected) {
  BOOST_TEST(read(R"([{"a":1},{"a":1,"b":2,"\u0061":3}])") == "object@1 |malformed_json");
  BOOST_TEST(error_detail(R"([{"a":1,"a":2}])").find("an object has a duplicate member name") !=
             std::string::npos);
  BOOST_TEST(read(R"([{"a":1},{"a":1}])") == "object@1 object@9");
}

BOOST_AUTO_TEST_CASE(item_nesting_of_32_levels_is_accepted_and_33_is_rejected) {
  BOOST_TEST(error_detail(repeat(32, "[") + repeat(32, "]")) == "ok");
  BOOST_TEST(error_detail(repeat(33, "[") + repeat(33, "]")).find("exceeds 32 levels") != std::string::npos);
  BOOST_TEST(error_detail("[1," + repeat(31, R"({"a":)") + "1" + repeat(31, "}") + "]") == "ok");
  BOOST_TEST(
      error_detail("[1," + repeat(32, R"({"a":)") + "1" + repeat(32, "}") + "]").find("exceeds 32 levels") !=
      std::string::npos);
  BOOST_TEST(error_detail(repeat(1'000'000, "[")).find("exceeds 32 levels") != std::string::npos);
  // Closed arrays do not count towards the depth.
  BOOST_TEST(error_detail("[" + repeat(1000, "[[]],") + "1]") == "ok");
}

BOOST_AUTO_TEST_CASE(item_with_too_many_values_is_rejected_while_parsing) {
  const std::string full =
      "[" + repeat(kItemValuesMax - 2, "0,") + "0]";  // kItemValuesMax, including the array itself
  BOOST_TEST(error_detail("[" + full + ',' + full + ']') == "ok");
  BOOST_TEST(error_detail("[1,[" + repeat(kItemValuesMax, "0,") + "0]]").find("too many values") !=
             std::string::npos);
  // The rest of the text is not parsed.
  BOOST_TEST(error_detail("[[" + repeat(kItemValuesMax, "{},") + "x").find("too many values") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(nul_byte_anywhere_is_rejected_before_any_item) {
  for (const std::string_view text :
       {std::string_view("[1,2]\0", 6), std::string_view("[1,\0]", 5), std::string_view("\0[1]", 4),
        std::string_view("[1,\"a\0b\"]", 9), std::string_view("[1]\0[2]", 7)}) {
    BOOST_TEST(read(text) == "|malformed_json");
    BOOST_TEST(error_detail(text) == malformed_json_at(text.find('\0')) + "NUL byte.");
  }
  BOOST_TEST(read(R"(["a\u0000b"])") == "text@10");
}

BOOST_AUTO_TEST_CASE(invalid_unicode_in_items_is_rejected) {
  for (const std::string noise : {"\x80", "\xff", "\xc0\xaf", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    BOOST_TEST(read("[1,\"a" + noise + "\"]") == "|malformed_json");
    BOOST_TEST(read("[1,{\"a" + noise + "\":1}]") == "|malformed_json");
    BOOST_TEST(error_detail("[1,\"a" + noise + "\"]") == malformed_json_at(5) + "invalid UTF-8.");
  }
  BOOST_TEST(read(R"([1,"a\ud800"])") == "whole@1 |malformed_json");
  BOOST_TEST(read(R"([1,{"a\ud800":1}])") == "whole@1 |malformed_json");
}

BOOST_AUTO_TEST_CASE(byte_order_mark_is_skipped_only_at_the_beginning) {
  BOOST_TEST(error_detail("\xEF\xBB\xBF[1,2]") == "ok");
  BOOST_TEST(error_detail("\xEF\xBB\xBF[1,x]").starts_with(malformed_json_at(6)));
  BOOST_TEST(error_detail("[\xEF\xBB\xBF"
                          "1]") != "ok");
  BOOST_TEST(error_detail(" \xEF\xBB\xBF[1]") != "ok");
  BOOST_TEST(error_detail("\xEF\xBB\xBF\xEF\xBB\xBF[1]") != "ok");
  BOOST_TEST(error_detail("\xEF\xBB\xBF") != "ok");
}

BOOST_AUTO_TEST_CASE(items_of_a_large_array_are_passed_with_exact_offsets) {
  std::string text = "[";
  std::vector<std::size_t> begins;
  for (int i = 0; i < 20'000; ++i) {
    text += i == 0 ? "\n" : ",\n";
    begins.push_back(text.size());
    text += R"({"title":"[,]","n":)" + std::to_string(i) + '}';
  }
  text += "\n]";
  std::size_t item_count = 0;
  const auto done = parse_items(text, [&](Value&& item, std::size_t offset) -> Result<Done> {
    BOOST_TEST_REQUIRE(offset == begins.at(item_count));
    const auto& object = *item.get_if<Object>();
    BOOST_TEST_REQUIRE(*find(object, "n")->get_if<std::int64_t>() == static_cast<std::int64_t>(item_count++));
    return Done{};
  });
  BOOST_REQUIRE(done);
  BOOST_TEST(item_count == 20'000U);
}

BOOST_AUTO_TEST_CASE(truncated_array_is_rejected_after_its_complete_items) {
  const std::string document = R"([{"a":1},["b"],"c",4])";
  BOOST_REQUIRE(error_detail(document) == "ok");
  std::size_t before = 0;
  for (std::size_t length = 0; length < document.size(); ++length) {
    std::size_t item_count = 0;
    const auto done = parse_items(document.substr(0, length), [&](Value&&, std::size_t) -> Result<Done> {
      ++item_count;
      return Done{};
    });
    BOOST_TEST(testing::outcome(done) == "malformed_json", length);
    BOOST_TEST(item_count >= before, length);
    before = item_count;
  }
  BOOST_TEST(before == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::json
