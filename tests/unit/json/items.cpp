// Reading an array an item at a time.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/json/value.hpp"
#include "tests/unit/support_outcome.hpp"

namespace taskward::json {
namespace {

std::string times(std::size_t count, std::string_view piece) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

std::string kind_of(const Value& value) {
  constexpr const char* kinds[] = {"null", "boolean", "whole", "floating", "text", "array", "object"};
  return kinds[value.held.index()];
}

/// "kind@offset" of each item, and behind "|" what came of it all unless that is "ok".
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

/// What the client is told of a text that is refused.
std::string told(std::string_view text) {
  const auto done = parse_items(text, [](Value&&, std::size_t) -> Result<Done> { return Done{}; });
  return done ? "ok" : done.error().detail;
}

std::string malformed_at(int offset) {
  return "The body is not valid JSON: at byte " + std::to_string(offset) + ", ";
}

BOOST_AUTO_TEST_SUITE(json_items)

BOOST_AUTO_TEST_CASE(items_of_every_kind_come_in_their_order_with_a_byte_of_theirs) {
  BOOST_TEST(read("[]") == "");
  BOOST_TEST(read(" \t\r\n[ \n] \n") == "");
  BOOST_TEST(read(R"([1,-2.5,"x",true,null,{}])") ==
             "whole@1 floating@6 text@10 boolean@15 null@20 object@22");
  BOOST_TEST(read("[ 1 , 22\t,\r\n333 ]") == "whole@2 whole@7 whole@14");
  BOOST_TEST(read(R"([{"a":[1,[2]]},  "],[" ,{"b":{}}])") == "object@1 text@21 object@24");
  BOOST_TEST(read("\n\n[\n\"é\",\n\"🦊\"]") == "text@7 text@15");
  BOOST_TEST(read("[ [\n1],\n{\n} ]") == "array@2 object@8");
}

BOOST_AUTO_TEST_CASE(an_array_within_comes_as_one_item) {
  std::size_t taken = 0;
  const auto done = parse_items("[[1,[2,3]],[]]", [&](Value&& item, std::size_t) -> Result<Done> {
    const auto* array = item.get_if<Array>();
    BOOST_REQUIRE(array != nullptr);
    BOOST_TEST(array->size() == (taken++ == 0 ? 2U : 0U));
    return Done{};
  });
  BOOST_TEST(testing::outcome(done) == "ok");
  BOOST_TEST(taken == 2U);
}

BOOST_AUTO_TEST_CASE(an_item_is_whole_and_is_the_callback_s_to_keep) {
  std::vector<Value> kept;
  const auto done = parse_items(R"([{"a":"caf\u00e9","b":[1,{"c":null}]},{"a":""}])",
                                [&](Value&& item, std::size_t) -> Result<Done> {
                                  kept.push_back(std::move(item));
                                  return Done{};
                                });
  BOOST_REQUIRE(done);
  BOOST_REQUIRE_EQUAL(kept.size(), 2U);
  const auto* first = kept[0].get_if<Object>();
  BOOST_REQUIRE(first != nullptr);
  BOOST_TEST(*find(*first, "a")->get_if<std::string>() == "café");
  const auto& array = *find(*first, "b")->get_if<Array>();
  BOOST_REQUIRE_EQUAL(array.size(), 2U);
  BOOST_TEST(find(*array[1].get_if<Object>(), "c")->is_null());
  BOOST_TEST(*find(*kept[1].get_if<Object>(), "a")->get_if<std::string>() == "");
}

BOOST_AUTO_TEST_CASE(a_refusal_by_the_callback_ends_the_reading_and_is_the_outcome) {
  // Also before what is no JSON, which nobody has seen by then.
  for (const std::string behind : {",4]", "]", "", ",]", "x"}) {
    int taken = 0;
    const auto done = parse_items("[1,2,3" + behind, [&](Value&&, std::size_t) -> Result<Done> {
      if (++taken == 2) return Error(ErrorCode::quota_exceeded, "enough");
      return Done{};
    });
    BOOST_TEST(testing::outcome(done) == "quota_exceeded", behind);
    BOOST_TEST(done.error().detail == "enough");
    BOOST_TEST(taken == 2, behind);
  }
}

BOOST_AUTO_TEST_CASE(items_before_a_fault_have_been_taken_and_the_fault_is_told_by_its_byte) {
  BOOST_TEST(read("[1,2,x]") == "whole@1 whole@3 |malformed_json");
  BOOST_TEST(told("[1,2,x]").starts_with(malformed_at(5)));
  BOOST_TEST(read("[1 2]") == "whole@1 |malformed_json");
  BOOST_TEST(told("[1 2]").starts_with(malformed_at(3)));
  BOOST_TEST(read("[1,]") == "whole@1 |malformed_json");
  BOOST_TEST(read("[1") == "whole@1 |malformed_json");
  BOOST_TEST(read("[1,2] x") == "whole@1 whole@3 |malformed_json");
  BOOST_TEST(told("[1,2] x").starts_with(malformed_at(6)));
  BOOST_TEST(read("[1][2]") == "whole@1 |malformed_json");
  BOOST_TEST(read(R"([{"a":1},{"a":])") == "object@1 |malformed_json");
  for (const char* bad : {"", " ", "[", "]", ",", "[,1]", "[,]", "[nul]", "['a']", "[\"a\nb\"]", "[/**/1]"})
    BOOST_TEST(read(bad).ends_with("|malformed_json"), bad);
}

BOOST_AUTO_TEST_CASE(a_root_that_is_no_array_is_one_fault_and_gives_no_item) {
  for (const char* root : {"1", "\"x\"", "null", "true", "-1.5", " \"[1]\" ", "{}", R"({"a":[1,2]})"})
    BOOST_TEST(read(root) == "|validation_failed  wrong_type", root);
  BOOST_TEST(read("1 x") == "|malformed_json");
  BOOST_TEST(read("\"x") == "|malformed_json");
}

BOOST_AUTO_TEST_CASE(an_object_at_the_root_is_refused_where_it_begins) {
  // So what follows, however much it is, has not been looked at.
  for (const std::string& behind : {std::string("}"), std::string(), std::string(R"("a":1,"a":2})"),
                                    std::string("\"a\":[1,"), times(100, "[")}) {
    BOOST_TEST(read(" {" + behind) == "|validation_failed  wrong_type", behind);
  }
  BOOST_TEST(read("[{}]") == "object@1");
}

BOOST_AUTO_TEST_CASE(a_member_that_stands_twice_in_an_item_is_refused) {
  BOOST_TEST(read(R"([{"a":1},{"a":1,"b":2,"\u0061":3}])") == "object@1 |malformed_json");
  BOOST_TEST(told(R"([{"a":1,"a":2}])").find("a member name stands twice in one object") !=
             std::string::npos);
  BOOST_TEST(read(R"([{"a":1},{"a":1}])") == "object@1 object@9");
}

BOOST_AUTO_TEST_CASE(nesting_of_32_with_the_root_is_read_and_33_is_refused) {
  BOOST_TEST(told(times(32, "[") + times(32, "]")) == "ok");
  BOOST_TEST(told(times(33, "[") + times(33, "]")).find("deeper than 32") != std::string::npos);
  BOOST_TEST(told("[1," + times(31, R"({"a":)") + "1" + times(31, "}") + "]") == "ok");
  BOOST_TEST(told("[1," + times(32, R"({"a":)") + "1" + times(32, "}") + "]").find("deeper than 32") !=
             std::string::npos);
  BOOST_TEST(told(times(1'000'000, "[")).find("deeper than 32") != std::string::npos);
  // Depth is not counted up by what has been closed.
  BOOST_TEST(told("[" + times(1000, "[[]],") + "1]") == "ok");
}

BOOST_AUTO_TEST_CASE(an_item_of_more_values_than_any_that_is_taken_is_refused_while_it_is_read) {
  const std::string full = "[" + times(kItemValuesMax - 2, "0,") + "0]";  // with itself, so many
  BOOST_TEST(told("[" + full + ',' + full + ']') == "ok");
  BOOST_TEST(told("[1,[" + times(kItemValuesMax, "0,") + "0]]").find("more values") != std::string::npos);
  // However it goes on, the rest has not been looked at.
  BOOST_TEST(told("[[" + times(kItemValuesMax, "{},") + "x").find("more values") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_nul_byte_is_refused_wherever_it_stands_and_before_any_item) {
  for (const std::string_view text :
       {std::string_view("[1,2]\0", 6), std::string_view("[1,\0]", 5), std::string_view("\0[1]", 4),
        std::string_view("[1,\"a\0b\"]", 9), std::string_view("[1]\0[2]", 7)}) {
    BOOST_TEST(read(text) == "|malformed_json");
    BOOST_TEST(told(text) == malformed_at(static_cast<int>(text.find('\0'))) + "there is a NUL byte.");
  }
  BOOST_TEST(read(R"(["a\u0000b"])") == "text@10");
}

BOOST_AUTO_TEST_CASE(what_is_not_unicode_is_refused_in_items) {
  for (const std::string noise : {"\x80", "\xff", "\xc0\xaf", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    BOOST_TEST(read("[1,\"a" + noise + "\"]") == "|malformed_json");
    BOOST_TEST(read("[1,{\"a" + noise + "\":1}]") == "|malformed_json");
    BOOST_TEST(told("[1,\"a" + noise + "\"]") == malformed_at(5) + "there are bytes that are not UTF-8.");
  }
  BOOST_TEST(read(R"([1,"a\ud800"])") == "whole@1 |malformed_json");
  BOOST_TEST(read(R"([1,{"a\ud800":1}])") == "whole@1 |malformed_json");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_passed_over_at_the_beginning_only) {
  BOOST_TEST(told("\xEF\xBB\xBF[1,2]") == "ok");
  BOOST_TEST(told("\xEF\xBB\xBF[1,x]").starts_with(malformed_at(6)));
  BOOST_TEST(told("[\xEF\xBB\xBF"
                  "1]") != "ok");
  BOOST_TEST(told(" \xEF\xBB\xBF[1]") != "ok");
  BOOST_TEST(told("\xEF\xBB\xBF\xEF\xBB\xBF[1]") != "ok");
  BOOST_TEST(told("\xEF\xBB\xBF") != "ok");
}

BOOST_AUTO_TEST_CASE(many_items_come_one_by_one_with_offsets_that_hold_them) {
  std::string text = "[";
  std::vector<std::size_t> begins;
  for (int i = 0; i < 20'000; ++i) {
    text += i == 0 ? "\n" : ",\n";
    begins.push_back(text.size());
    text += R"({"title":"[,]","n":)" + std::to_string(i) + '}';
  }
  text += "\n]";
  std::size_t taken = 0;
  const auto done = parse_items(text, [&](Value&& item, std::size_t offset) -> Result<Done> {
    BOOST_TEST_REQUIRE(offset == begins.at(taken));
    const auto& object = *item.get_if<Object>();
    BOOST_TEST_REQUIRE(*find(object, "n")->get_if<std::int64_t>() == static_cast<std::int64_t>(taken++));
    return Done{};
  });
  BOOST_REQUIRE(done);
  BOOST_TEST(taken == 20'000U);
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused_and_the_items_before_it_were_taken) {
  const std::string whole = R"([{"a":1},["b"],"c",4])";
  BOOST_REQUIRE(told(whole) == "ok");
  std::size_t before = 0;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    std::size_t taken = 0;
    const auto done = parse_items(whole.substr(0, length), [&](Value&&, std::size_t) -> Result<Done> {
      ++taken;
      return Done{};
    });
    BOOST_TEST(testing::outcome(done) == "malformed_json", length);
    BOOST_TEST(taken >= before, length);
    before = taken;
  }
  BOOST_TEST(before == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::json
