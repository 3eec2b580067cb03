// Concurrent changes of one task.
#include "concurrently.hpp"
#include "task_fixture.hpp"

namespace taskward::testing {
namespace {

struct TaskRaceFixture : TaskFixture {
  /// The result of the change when `first` is uncommitted before it and commits while it waits.
  Result<model::Task> change_after(const std::string& first, const TaskId& id,
                                   const model::TaskChange& wanted) {
    db::Connection ahead({database.superuser(), "test"}, log);
    db::Transaction transaction(ahead);
    ahead.execute(first);
    service.connect();
    std::jthread release([&] {
      wait_for_blocked(1);
      transaction.commit();
    });
    return change(ann, id, wanted);
  }
};

BOOST_FIXTURE_TEST_SUITE(task_races, TaskRaceFixture)

BOOST_AUTO_TEST_CASE(concurrent_updates_of_one_task_all_count) {
  const model::Task made = new_task(ann);
  clear_audit();
  constexpr int threads = 16, updates = 25;
  const auto outcomes = run_concurrently<int>(*this, threads, [&](db::Connection& connection, int thread) {
    int succeeded = 0;
    for (int i = 0; i < updates; ++i) {
      const std::string title = std::to_string(thread) + ' ' + std::to_string(i);
      if (store::update_task(connection, ann.write_access(), made.id, {title, {}, {}}, {}, stamp()))
        ++succeeded;
    }
    return succeeded;
  });
  for (const int succeeded : outcomes) BOOST_TEST(succeeded == updates);
  BOOST_TEST(find(ann, made.id)->version == 1 + threads * updates);
  BOOST_TEST(audit().size() == static_cast<std::size_t>(threads * updates));
}

BOOST_AUTO_TEST_CASE(one_of_concurrent_deletions_succeeds) {
  const model::Task made = new_task(ann);
  clear_audit();
  const auto outcomes = run_concurrently<std::string>(*this, 8, [&](db::Connection& connection, int) {
    return outcome(
        store::delete_task(connection, ann.write_access(), made.id, {}, kQuota, new_id<AuditId>(), stamp()));
  });
  BOOST_TEST(count_of(outcomes, "ok") == 1);
  BOOST_TEST(count_of(outcomes, "not_found") == 7);
  BOOST_TEST(audit().size() == 1U);
}

BOOST_AUTO_TEST_CASE(change_is_compared_with_the_task_after_waiting) {
  const model::Task made = new_task(ann, "old");
  clear_audit();
  auto same = change_after("update taskward.tasks set title = 'new', version = 7", made.id, {"new", {}, {}});
  BOOST_TEST_REQUIRE(outcome(same) == "ok");
  BOOST_TEST(same->title == "new");
  BOOST_TEST(same->version == 7);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(change_after_waiting_keeps_the_other_change) {
  const model::Task made = new_task(ann, "old");
  clear_audit();
  auto changed =
      change_after("update taskward.tasks set title = 'new', version = 7", made.id, {{}, "mine", {}});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(changed->title == "new");
  BOOST_TEST(changed->description == "mine");
  BOOST_TEST(changed->version == 8);
  BOOST_TEST_REQUIRE(audit().size() == 1U);
  BOOST_TEST(audit().front().changed == "description");
}

BOOST_AUTO_TEST_CASE(change_waiting_for_a_deletion_is_not_found) {
  const model::Task made = new_task(ann);
  clear_audit();
  BOOST_TEST(outcome(change_after("delete from taskward.tasks", made.id, {"new", {}, {}})) == "not_found");
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
