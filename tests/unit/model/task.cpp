#include "taskward/model/task.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

namespace taskward::model {
namespace {

using Tags = std::vector<std::string>;

std::string priority_read(std::string_view spelling) {
  const auto priority = task_priority(spelling);
  return priority ? std::string(name(*priority)) : "no such";
}

BOOST_AUTO_TEST_SUITE(tasks)

BOOST_AUTO_TEST_CASE(a_priority_is_read_in_its_spelling_whatever_the_case) {
  for (const char* spelling : {"none", "low", "normal", "high", "urgent"}) {
    BOOST_TEST(priority_read(spelling) == spelling);
  }
  BOOST_TEST(priority_read("High") == "high");
  BOOST_TEST(priority_read("URGENT") == "urgent");
  BOOST_TEST(priority_read("nOrMaL") == "normal");
  for (const char* other :
       {"", " high", "high ", "highest", "hig", "medium", "0", "4", "null", "hïgh", "lo\xff"}) {
    BOOST_TEST(priority_read(other) == "no such", other);
  }
  BOOST_TEST(priority_read(std::string_view("low\0", 4)) == "no such");
}

BOOST_AUTO_TEST_CASE(a_priority_is_written_in_a_spelling_that_is_read_back) {
  std::set<std::string_view> names;
  for (const TaskPriority priority : kTaskPriorities) {
    BOOST_TEST((task_priority(name(priority)) == priority));
    names.insert(name(priority));
  }
  BOOST_TEST(names.size() == 5U);
}

BOOST_AUTO_TEST_CASE(priorities_and_statuses_are_numbered_from_0_in_ascending_order) {
  for (std::size_t i = 0; i < kTaskPriorities.size(); ++i)
    BOOST_TEST(static_cast<std::size_t>(kTaskPriorities[i]) == i);
  for (std::size_t i = 0; i < kTaskStatuses.size(); ++i)
    BOOST_TEST(static_cast<std::size_t>(kTaskStatuses[i]) == i);
  BOOST_TEST((TaskPriority::none < TaskPriority::low && TaskPriority::high < TaskPriority::urgent));
}

BOOST_AUTO_TEST_CASE(sorts_have_names_of_their_own_and_relevance_cannot_be_asked_for) {
  std::string names;
  for (const TaskSort sort : kTaskSorts) names += std::string(name(sort)) + ' ';
  BOOST_TEST(names == "created_at updated_at due_at priority title ");
  BOOST_TEST(name(TaskSort::relevance) == "relevance");
}

BOOST_AUTO_TEST_CASE(tags_as_a_set_are_sorted_by_their_bytes_each_once) {
  BOOST_TEST((as_tag_set({}) == Tags{}));
  BOOST_TEST((as_tag_set({"a"}) == Tags{"a"}));
  BOOST_TEST((as_tag_set({"b", "a", "b", "a", "a"}) == Tags{"a", "b"}));
  BOOST_TEST((as_tag_set({"é", "z", "Z", "a", "🦊", "10", "9", ""}) ==
              Tags{"", "10", "9", "Z", "a", "z", "é", "🦊"}));
  BOOST_TEST((as_tag_set({"ab", "a", "abc", "a b"}) == Tags{"a", "a b", "ab", "abc"}));
}

BOOST_AUTO_TEST_CASE(tags_that_differ_in_case_white_space_or_composition_are_different) {
  BOOST_TEST((as_tag_set({"home", "Home", "HOME"}).size() == 3U));
  BOOST_TEST((as_tag_set({"a", " a", "a "}).size() == 3U));
  BOOST_TEST((as_tag_set({"\u00e9", "e\u0301"}).size() == 2U));
}

BOOST_AUTO_TEST_CASE(a_tag_set_is_the_same_whatever_order_its_tags_came_in) {
  Tags tags{"a", "b", "c", "\u00e9", "~"};
  const Tags set = as_tag_set(tags);
  do {
    BOOST_TEST_REQUIRE((as_tag_set(tags) == set));
  } while (std::next_permutation(tags.begin(), tags.end()));
  BOOST_TEST((as_tag_set(set) == set));
}

BOOST_AUTO_TEST_CASE(a_batch_has_the_size_of_all_its_parts) {
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
