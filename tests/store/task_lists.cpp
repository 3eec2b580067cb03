// Listing one's own tasks, newest first.
#include "task_fixture.hpp"

namespace taskward::testing {
namespace {

using model::TaskQuery;
using model::TaskStatus;

struct ListFixture : TaskFixture {
  /// Titles in the order of the list, or the refusal.
  std::string list(const Someone& who, const TaskQuery& query) {
    auto listed = store::list_tasks(service, who.reads(), query);
    if (!listed) return outcome(listed);
    std::string out;
    for (const model::Task& task : *listed) out += task.title + ' ';
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(task_lists, ListFixture)

BOOST_AUTO_TEST_CASE(who_has_no_tasks_gets_an_empty_list) {
  BOOST_TEST(list(ann, {}).empty());
  make(bob, "bobs");
  BOOST_TEST(list(ann, {}).empty());
}

BOOST_AUTO_TEST_CASE(newest_come_first) {
  make(ann, "old");
  make(ann, "middle");
  make(ann, "new");
  BOOST_TEST(list(ann, {}) == "new middle old ");
}

BOOST_AUTO_TEST_CASE(of_the_same_moment_the_greater_id_comes_first) {
  for (int i = 0; i < 9; ++i) make(ann);
  execute("update taskward.tasks set created_at = now()");
  auto listed = store::list_tasks(service, ann.reads(), {});
  BOOST_TEST_REQUIRE(listed->size() == 9U);
  for (std::size_t i = 1; i < listed->size(); ++i) BOOST_TEST(((*listed)[i - 1].id > (*listed)[i].id));
}

BOOST_AUTO_TEST_CASE(limit_and_offset_cut_the_list_without_gap_or_repetition) {
  for (const char* title : {"e", "d", "c", "b", "a"}) make(ann, title);
  BOOST_TEST(list(ann, {2, 0, {}}) == "a b ");
  BOOST_TEST(list(ann, {2, 2, {}}) == "c d ");
  BOOST_TEST(list(ann, {2, 4, {}}) == "e ");
  BOOST_TEST(list(ann, {2, 5, {}}).empty());
  BOOST_TEST(list(ann, {model::kPageLimitMax, model::kPageOffsetMax, {}}).empty());
  BOOST_TEST(list(ann, {1, 0, {}}) == "a ");
  BOOST_TEST(list(ann, {model::kPageLimitMax, 0, {}}) == "a b c d e ");
}

BOOST_AUTO_TEST_CASE(filters_keep_the_statuses_asked_for) {
  make(ann, "t", TaskStatus::todo);
  make(ann, "p", TaskStatus::in_progress);
  make(ann, "d", TaskStatus::done);
  make(bob, "bobs", TaskStatus::done);
  BOOST_TEST(list(ann, {20, 0, {TaskStatus::todo}}) == "t ");
  BOOST_TEST(list(ann, {20, 0, {TaskStatus::in_progress}}) == "p ");
  BOOST_TEST(list(ann, {20, 0, {TaskStatus::done}}) == "d ");
  BOOST_TEST(list(ann, {20, 0, {TaskStatus::todo, TaskStatus::done}}) == "d t ");
  BOOST_TEST(list(ann, {20, 0, {TaskStatus::done, TaskStatus::done}}) == "d ");
  BOOST_TEST(list(ann, {20, 0, {TaskStatus::todo, TaskStatus::in_progress, TaskStatus::done}}) == "d p t ");
  BOOST_TEST(list(ann, {1, 1, {TaskStatus::todo, TaskStatus::done}}) == "t ");
}

BOOST_AUTO_TEST_CASE(listed_tasks_are_whole) {
  const model::Task made = make(ann, "one", TaskStatus::done);
  auto listed = store::list_tasks(service, ann.reads(), {});
  BOOST_TEST_REQUIRE(listed->size() == 1U);
  const model::Task& task = listed->front();
  BOOST_TEST((task.id == made.id));
  BOOST_TEST(task.description == "as described");
  BOOST_TEST((task.status == TaskStatus::done));
  BOOST_TEST((task.created_at == made.created_at));
  BOOST_TEST((task.updated_at == made.updated_at));
  BOOST_TEST((task.completed_at == made.completed_at));
  BOOST_TEST(task.version == 1);
}

BOOST_AUTO_TEST_CASE(listing_leaves_no_record) {
  make(ann);
  forget_audit();
  list(ann, {});
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
