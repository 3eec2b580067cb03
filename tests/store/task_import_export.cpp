// Import of tasks from a file, and export.
#include <atomic>
#include <set>

#include "concurrently.hpp"
#include "task_fixture.hpp"
#include "taskward/base/rfc3339.hpp"

namespace taskward::testing {
namespace {

using model::ImportedTask;
using model::TaskStatus;

struct FileFixture : TaskFixture {
  static std::vector<ImportedTask> many(int count) {
    std::vector<ImportedTask> tasks;
    for (int i = 0; i < count; ++i) tasks.push_back({{"task " + std::to_string(i), "", {}}, {}, {}});
    return tasks;
  }
  std::vector<model::Task> exported(std::int64_t batch_size) {
    std::vector<model::Task> all;
    TaskId after;
    while (true) {
      auto some = store::export_tasks(service, ann.read_access(), after, batch_size, stamp());
      BOOST_TEST_REQUIRE(outcome(some) == "ok");
      if (some->empty()) return all;
      all.insert(all.end(), some->begin(), some->end());
      after = some->back().id;
    }
  }
  Timestamp at(const char* text) { return parse_rfc3339(text).value(); }
};

BOOST_FIXTURE_TEST_SUITE(task_import_export, FileFixture)

BOOST_AUTO_TEST_CASE(imported_task_matches_the_file) {
  const ImportedTask given{
      {"t", "d", TaskStatus::done, model::TaskPriority::low, at("2031-01-01T00:00:00Z"), {"a", "b"}},
      at("2001-01-01T00:00:00.123Z"),
      at("2002-01-01T00:00:00Z")};
  BOOST_TEST(*import(ann, {given}) == 1U);
  const model::Task task = list(ann)->tasks.at(0);
  BOOST_TEST(task.title == "t");
  BOOST_TEST(task.description == "d");
  BOOST_TEST((task.priority == given.priority && task.due_at == given.due_at));
  BOOST_TEST(task.tags == given.tags, boost::test_tools::per_element());
  BOOST_TEST((task.created_at == given.created_at));
  BOOST_TEST((task.completed_at == given.completed_at));
  BOOST_TEST(task.version == 1);
}

BOOST_AUTO_TEST_CASE(missing_timestamps_follow_from_the_others) {
  const Timestamp early = at("2005-01-01T00:00:00Z");
  const Timestamp late = at("2010-01-01T00:00:00Z");
  BOOST_TEST(*import(ann, {{{"a", "", TaskStatus::done}, late, early},
                           {{"b", "", TaskStatus::done}, {}, early},
                           {{"c", "", TaskStatus::done}, early, {}},
                           {{"d", "", TaskStatus::done}, {}, {}},
                           {{"e", "", TaskStatus::todo}, early, {}}}) == 5U);
  model::TaskFilter filter;
  filter.sort = model::TaskSort::title;
  filter.order = model::SortOrder::ascending;
  const auto tasks = list(ann, filter)->tasks;
  const auto is_now = [&](Timestamp one) {
    return std::chrono::abs(one - clock.now()) < std::chrono::seconds(60);
  };
  // Both are kept, whatever their order.
  BOOST_TEST((tasks.at(0).created_at == late && tasks.at(0).completed_at == early));
  BOOST_TEST((tasks.at(1).created_at == early && tasks.at(1).completed_at == early));
  BOOST_TEST((tasks.at(2).created_at == early && is_now(*tasks.at(2).completed_at)));
  BOOST_TEST((is_now(tasks.at(3).created_at) && tasks.at(3).completed_at == tasks.at(3).created_at));
  BOOST_TEST((tasks.at(4).created_at == early && !tasks.at(4).completed_at));
}

BOOST_AUTO_TEST_CASE(completion_time_of_a_task_that_is_not_done_is_refused_by_the_table) {
  const Timestamp early = at("2005-01-01T00:00:00Z");
  BOOST_CHECK_THROW(static_cast<void>(import(ann, {{{"t", "", TaskStatus::todo}, early, early}})),
                    db::StatementFailed);
  BOOST_TEST(count_rows("tasks") == 0);
}

BOOST_AUTO_TEST_CASE(each_imported_task_is_recorded) {
  BOOST_TEST(*import(ann, many(5)) == 5U);
  BOOST_TEST(
      number("select count(distinct object_id) from taskward.audit where action = 'task.create' and outcome ="
             " 'success' and actor_id = '" +
             ann.user.text() + "' and request_id = 'request-1'") == 5);
}

BOOST_AUTO_TEST_CASE(import_stops_at_the_quota) {
  new_task(ann, "there");
  BOOST_TEST(*import(ann, many(10), 4) == 3U);
  BOOST_TEST(count_rows("tasks where title in ('task 0', 'task 1', 'task 2')") == 3);
  BOOST_TEST(*import(ann, many(10), 4) == 0U);
  BOOST_TEST(number("select sum(room)::bigint from taskward.task_room") == 0);
  BOOST_TEST(*import(ann, {}) == 0U);
}

BOOST_AUTO_TEST_CASE(concurrent_imports_and_inserts_fill_the_quota_exactly) {
  const auto made = run_concurrently<std::size_t>(*this, 8, [&](db::Connection& connection, int thread) {
    std::size_t sum = 0;
    for (int round = 0; round < 8; ++round) {
      if (thread % 2 == 0) {
        sum += store::insert_tasks(connection, ann.write_access(), many(7), new_ids<TaskId>(7),
                                   new_ids<AuditId>(8), 100, {}, clock.now(), origin)
                   ->imported;
      } else if (store::insert_task(connection, hints, ann.write_access(), new_id<TaskId>(), {"t", "", {}},
                                    100, {}, stamp())) {
        ++sum;
      }
    }
    return sum;
  });
  std::size_t sum = 0;
  for (const std::size_t some : made) sum += some;
  BOOST_TEST(sum == 100U);
  BOOST_TEST(count_rows("tasks") == 100);
}

BOOST_AUTO_TEST_CASE(import_does_not_block_other_writes_of_the_owner) {
  new_task(ann);
  std::atomic<bool> ended{false};
  const auto outcomes = run_concurrently<bool>(*this, 3, [&](db::Connection& connection, int thread) {
    if (thread == 0) {
      const bool done =
          bool(store::insert_tasks(connection, ann.write_access(), many(3000), new_ids<TaskId>(3000),
                                   new_ids<AuditId>(3001), kQuota, {}, clock.now(), origin));
      ended = true;
      return done;
    }
    int made_meanwhile = 0;
    while (!ended) {
      if (!store::insert_task(connection, hints, ann.write_access(), new_id<TaskId>(), {"t", "", {}}, kQuota,
                              {}, stamp()))
        return false;
      if (!ended) ++made_meanwhile;
    }
    return made_meanwhile > 10;
  });
  for (const bool well : outcomes) BOOST_TEST(well);
}

BOOST_AUTO_TEST_CASE(failed_import_leaves_nothing) {
  std::vector<ImportedTask> tasks = many(600);
  tasks[599].title = "";  // which the table refuses
  BOOST_CHECK_THROW(static_cast<void>(import(ann, tasks, 1000)), db::StatementFailed);
  BOOST_TEST(count_rows("tasks") == 0);
  BOOST_TEST(count_rows("audit") == 0);
  BOOST_TEST(number("select sum(room)::bigint from taskward.task_room") == 1000);
}

BOOST_AUTO_TEST_CASE(five_thousand_tasks_are_imported_at_once) {
  BOOST_TEST(*import(ann, many(5000)) == 5000U);
  BOOST_TEST(exported(200).size() == 5000U);
}

BOOST_AUTO_TEST_CASE(export_contains_each_own_task_once_but_not_the_trash) {
  std::set<TaskId> mine;
  for (int i = 0; i < 23; ++i) mine.insert(new_task(ann).id);
  new_task(bob, "bobs");
  const TaskId trashed = new_task(ann).id;
  static_cast<void>(remove(ann, trashed));
  for (const std::int64_t size : {1, 7, 23, 100}) {
    std::set<TaskId> seen;
    for (const model::Task& task : exported(size)) BOOST_TEST(seen.insert(task.id).second);
    BOOST_TEST((seen == mine));
  }
}

BOOST_AUTO_TEST_CASE(export_is_recorded_once) {
  for (int i = 0; i < 5; ++i) new_task(ann);
  clear_audit();
  static_cast<void>(exported(2));
  BOOST_TEST(audit_lines() == Lines{"task.export success -"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(export_ends_with_the_session) {
  const TaskId first = new_task(ann).id;
  new_task(ann);
  revoke(ann);
  BOOST_TEST(outcome(store::export_tasks(service, ann.read_access(), first, 1, stamp())) == "invalid_token");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
