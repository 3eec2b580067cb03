// The task list, newest first.
#include "task_fixture.hpp"

namespace taskward::testing {
namespace {

using model::TaskFilter;
using model::TaskStatus;

TaskFilter of(std::vector<TaskStatus> statuses) {
  TaskFilter filter;
  filter.statuses = std::move(statuses);
  return filter;
}

BOOST_FIXTURE_TEST_SUITE(task_lists, TaskFixture)

BOOST_AUTO_TEST_CASE(owner_without_tasks_gets_an_empty_list) {
  BOOST_TEST(titles(ann).empty());
  new_task(bob, "bobs");
  BOOST_TEST(titles(ann).empty());
}

BOOST_AUTO_TEST_CASE(newest_tasks_come_first) {
  new_task(ann, "old");
  new_task(ann, "middle");
  new_task(ann, "new");
  BOOST_TEST(titles(ann) == "new middle old");
}

BOOST_AUTO_TEST_CASE(tasks_of_the_same_time_are_ordered_by_descending_id) {
  for (int i = 0; i < 9; ++i) new_task(ann);
  execute("update taskward.tasks set created_at = now()");
  auto listed = list(ann);
  BOOST_TEST_REQUIRE(listed->tasks.size() == 9U);
  for (std::size_t i = 1; i < 9; ++i) BOOST_TEST((listed->tasks[i - 1].id > listed->tasks[i].id));
}

BOOST_AUTO_TEST_CASE(limit_and_offset_return_pages_without_gaps_or_duplicates) {
  for (const char* title : {"e", "d", "c", "b", "a"}) new_task(ann, title);
  BOOST_TEST(titles(ann, {}, 2, 0) == "a b");
  BOOST_TEST(titles(ann, {}, 2, 2) == "c d");
  BOOST_TEST(titles(ann, {}, 2, 4) == "e");
  BOOST_TEST(titles(ann, {}, 2, 5).empty());
  BOOST_TEST(titles(ann, {}, model::kPageLimitMax, model::kPageOffsetMax).empty());
  BOOST_TEST(titles(ann, {}, 1, 0) == "a");
  BOOST_TEST(titles(ann, {}, model::kPageLimitMax, 0) == "a b c d e");
}

BOOST_AUTO_TEST_CASE(status_filter_selects_the_requested_statuses) {
  new_task(ann, "t", TaskStatus::todo);
  new_task(ann, "p", TaskStatus::in_progress);
  new_task(ann, "d", TaskStatus::done);
  new_task(bob, "bobs", TaskStatus::done);
  BOOST_TEST(titles(ann, of({TaskStatus::todo}), 20, 0) == "t");
  BOOST_TEST(titles(ann, of({TaskStatus::in_progress}), 20, 0) == "p");
  BOOST_TEST(titles(ann, of({TaskStatus::done}), 20, 0) == "d");
  BOOST_TEST(titles(ann, of({TaskStatus::todo, TaskStatus::done}), 20, 0) == "d t");
  BOOST_TEST(titles(ann, of({TaskStatus::done, TaskStatus::done}), 20, 0) == "d");
  BOOST_TEST(titles(ann, of({TaskStatus::todo, TaskStatus::in_progress, TaskStatus::done}), 20, 0) ==
             "d p t");
  BOOST_TEST(titles(ann, of({TaskStatus::todo, TaskStatus::done}), 1, 1) == "t");
}

BOOST_AUTO_TEST_CASE(listed_tasks_are_complete) {
  const model::Task made = new_task(ann, "one", TaskStatus::done);
  auto listed = list(ann);
  BOOST_TEST_REQUIRE(listed->tasks.size() == 1U);
  const model::Task& task = listed->tasks.front();
  BOOST_TEST((task.id == made.id));
  BOOST_TEST(task.description == "as described");
  BOOST_TEST((task.status == TaskStatus::done));
  BOOST_TEST((task.created_at == made.created_at));
  BOOST_TEST((task.updated_at == made.updated_at));
  BOOST_TEST((task.completed_at == made.completed_at));
  BOOST_TEST(task.version == 1);
}

BOOST_AUTO_TEST_CASE(listing_is_not_recorded) {
  new_task(ann);
  clear_audit();
  BOOST_TEST(titles(ann) == "a task");
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
