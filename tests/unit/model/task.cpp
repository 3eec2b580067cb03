#include "taskward/model/task.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

namespace taskward::model {
namespace {

using Tags = std::vector<std::string>;

std::string parsed_priority(std::string_view text) {
  const auto priority = task_priority(text);
  return priority ? std::string(name(*priority)) : "no such";
}

BOOST_AUTO_TEST_SUITE(tasks)

BOOST_AUTO_TEST_CASE(priority_names_are_case_insensitive) {
  for (const char* text : {"none", "low", "normal", "high", "urgent"}) {
    BOOST_TEST(parsed_priority(text) == text);
  }
  BOOST_TEST(parsed_priority("High") == "high");
  BOOST_TEST(parsed_priority("URGENT") == "urgent");
  BOOST_TEST(parsed_priority("nOrMaL") == "normal");
  for (const char* other :
       {"", " high", "high ", "highest", "hig", "medium", "0", "4", "null", "hïgh", "lo\xff"}) {
    BOOST_TEST(parsed_priority(other) == "no such", other);
  }
  BOOST_TEST(parsed_priority(std::string_view("low\0", 4)) == "no such");
}

BOOST_AUTO_TEST_CASE(priority_names_can_be_parsed) {
  std::set<std::string_view> names;
  for (const TaskPriority priority : kTaskPriorities) {
    BOOST_TEST((task_priority(name(priority)) == priority));
    names.insert(name(priority));
  }
  BOOST_TEST(names.size() == 5U);
}

BOOST_AUTO_TEST_CASE(priorities_and_statuses_are_numbered_from_0_in_order) {
  for (std::size_t i = 0; i < kTaskPriorities.size(); ++i)
    BOOST_TEST(static_cast<std::size_t>(kTaskPriorities[i]) == i);
  for (std::size_t i = 0; i < kTaskStatuses.size(); ++i)
    BOOST_TEST(static_cast<std::size_t>(kTaskStatuses[i]) == i);
  BOOST_TEST((TaskPriority::none < TaskPriority::low && TaskPriority::high < TaskPriority::urgent));
}

BOOST_AUTO_TEST_CASE(relevance_is_not_among_the_selectable_sort_keys) {
  std::string names;
  for (const TaskSort sort : kTaskSorts) names += std::string(name(sort)) + ' ';
  BOOST_TEST(names == "created_at updated_at due_at priority title ");
  BOOST_TEST(name(TaskSort::relevance) == "relevance");
}

BOOST_AUTO_TEST_CASE(tag_set_is_sorted_by_bytes_without_duplicates) {
  BOOST_TEST((as_tag_set({}) == Tags{}));
  BOOST_TEST((as_tag_set({"a"}) == Tags{"a"}));
  BOOST_TEST((as_tag_set({"b", "a", "b", "a", "a"}) == Tags{"a", "b"}));
  BOOST_TEST((as_tag_set({"é", "z", "Z", "a", "🦊", "10", "9", ""}) ==
              Tags{"", "10", "9", "Z", "a", "z", "é", "🦊"}));
  BOOST_TEST((as_tag_set({"ab", "a", "abc", "a b"}) == Tags{"a", "a b", "ab", "abc"}));
}

BOOST_AUTO_TEST_CASE(tags_differ_by_case_whitespace_and_unicode_normalization) {
  BOOST_TEST((as_tag_set({"home", "Home", "HOME"}).size() == 3U));
  BOOST_TEST((as_tag_set({"a", " a", "a "}).size() == 3U));
  BOOST_TEST((as_tag_set({"\u00e9", "e\u0301"}).size() == 2U));
}

BOOST_AUTO_TEST_CASE(tag_set_does_not_depend_on_the_order_of_the_tags) {
  Tags tags{"a", "b", "c", "\u00e9", "~"};
  const Tags set = as_tag_set(tags);
  do {
    BOOST_TEST_REQUIRE((as_tag_set(tags) == set));
  } while (std::next_permutation(tags.begin(), tags.end()));
  BOOST_TEST((as_tag_set(set) == set));
}

BOOST_AUTO_TEST_CASE(batch_size_is_the_sum_of_its_parts) {
  TaskBatch batch;
  BOOST_TEST(batch.size() == 0U);
  batch.create.resize(2);
  batch.update.resize(3);
  batch.remove.resize(4);
  BOOST_TEST(batch.size() == 9U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
