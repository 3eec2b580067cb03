// Parsing items that are in lists of other items.
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/json/value.hpp"
#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::json {
namespace {

using testing::repeat;

std::string text_of(const Value& value) {
  if (const auto* object = value.get_if<Object>()) {
    std::string out = "{";
    for (const auto& [name, member] : *object) out += name + ':' + text_of(member) + ',';
    return out + '}';
  }
  if (const auto* array = value.get_if<Array>()) {
    std::string out = "[";
    for (const Value& item : *array) out += text_of(item) + ',';
    return out + ']';
  }
  if (const auto* flag = value.get_if<bool>()) return *flag ? "true" : "false";
  if (const auto* whole = value.get_if<std::int64_t>()) return std::to_string(*whole);
  if (const auto* text = value.get_if<std::string>()) return *text;
  return value.is_null() ? "null" : "number";
}

/// "list@offset=item" of each item, then "|" and the error code, if any.
std::string read(std::string_view text) {
  static const ItemRules rules{{"projects", "tasks"}, {"tags"}};
  std::string out;
  const auto done =
      parse_items(text, rules, [&](Value&& item, std::size_t offset, std::string_view list) -> Result<Done> {
        out +=
            (out.empty() ? "" : " ") + std::string(list) + '@' + std::to_string(offset) + '=' + text_of(item);
        return Done{};
      });
  return done ? out : out + " |" + testing::outcome(done);
}

BOOST_AUTO_TEST_SUITE(json_item_lists)

BOOST_AUTO_TEST_CASE(items_of_inner_lists_are_passed_before_their_owner) {
  BOOST_TEST(read(R"([{"a":1,"tasks":[{"b":2},{"b":3}],"c":4},{"tasks":[]},{"tasks":null}])") ==
             "tasks@17={b:2,} tasks@25={b:3,} @1={a:1,tasks:[],c:4,} @41={tasks:[],} @54={tasks:null,}");
  BOOST_TEST(read(R"({"x":1,"projects":[{"tasks":[7]}]})") == "tasks@29=7 projects@19={tasks:[],}");
  BOOST_TEST(read(R"({"tasks":[{"a":1}]})") == "tasks@10={a:1,}");
  BOOST_TEST(read("[]") == "");
  BOOST_TEST(read(R"([1,"x"])") == "@1=1 @5=x");
}

BOOST_AUTO_TEST_CASE(other_arrays_and_objects_are_replaced_by_whether_they_have_content) {
  BOOST_TEST(read(R"([{"a":[],"b":{},"c":[null],"d":{"e":[[]]},"f":"x","tags":[1,{"tasks":[2]}]}])") ==
             "@1={a:false,b:false,c:true,d:true,f:x,tags:[1,{tasks:[2,],},],}");
  BOOST_TEST(read(R"([[],[1],{"tasks":{"a":1}}])") == "@1=false @4=true @8={tasks:true,}");
  // Not a list, because its owner is no item.
  BOOST_TEST(read(R"({"tasks":[],"x":{"projects":[1]}})") == "");
}

BOOST_AUTO_TEST_CASE(root_without_a_list_is_one_error) {
  for (const char* root : {"{}", R"({"a":[1]})", R"({"tasks":{}})", R"({"tasks":1})", "1", "null"})
    BOOST_TEST(read(root) == " |validation_failed", root);
  for (const char* bad :
       {"", "{", R"({"tasks":[1})", R"([{"a":[1}])", R"([{"a":[1]])", R"([{"a":1,"a":[]}])"})
    BOOST_TEST(read(bad).ends_with("|malformed_json"), bad);
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_by_the_number_of_values_and_levels) {
  const std::string many = repeat(kItemValuesMax + 1, "0", ",");
  // Values that are not kept are not counted.
  BOOST_TEST(read(R"([{"a":[)" + many + "]}]") == "@1={a:true,}");
  BOOST_TEST(read(R"([{"tags":[)" + many + "]}]") == " |malformed_json");
  BOOST_TEST(read(R"({"tasks":[],"x":[)" + many + "]}") == "");
  std::string members;
  for (std::size_t i = 0; i <= kItemValuesMax; ++i) members += ",\"m" + std::to_string(i) + "\":0";
  BOOST_TEST(read(R"([{"a":0)" + members + "}]") == " |malformed_json");
  BOOST_TEST(read(R"({"tasks":[])" + members + '}') == " |malformed_json");
  // Each item of a list counts for itself.
  BOOST_TEST(read(R"([{"tasks":[)" + many + "]}]").ends_with(" @1={tasks:[],}"));
  BOOST_TEST(read(R"([{"a":)" + repeat(30, "[") + repeat(30, "]") + "}]") == "@1={a:true,}");
  BOOST_TEST(read(R"([{"a":)" + repeat(31, "[") + repeat(31, "]") + "}]") == " |malformed_json");
  BOOST_TEST(read(repeat(1'000'000, R"([{"tasks":)")) == " |malformed_json");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::json
