// Batches of task changes: all of them, or none and the reasons.
#include "concurrently.hpp"
#include "task_fixture.hpp"

namespace taskward::testing {
namespace {

using model::BatchUpdate;
using model::TaskBatch;
using model::TaskStatus;
using store::BatchConflict;
using store::BatchDone;

struct BatchFixture : TaskFixture {
  static BatchUpdate update_of(const TaskId& id, const std::string& title,
                               std::optional<std::int64_t> version = {}) {
    BatchUpdate update;
    update.id = id;
    update.title = title;
    update.version = version;
    return update;
  }
  /// "done", the obstacles such as "update 2 not_found", or the error code.
  std::string obstacles(const Result<BatchOutcome>& outcome_of_batch) {
    if (!outcome_of_batch) return outcome(outcome_of_batch);
    const auto* all = std::get_if<std::vector<BatchConflict>>(&*outcome_of_batch);
    if (all == nullptr) return "done";
    std::string out;
    for (const BatchConflict& one : *all) {
      out += (out.empty() ? "" : ", ") +
             std::string(one.part == BatchConflict::Part::update ? "update " : "delete ") +
             std::to_string(one.index) +
             (one.kind == BatchConflict::Kind::not_found ? " not_found" : " stale_version");
    }
    return out;
  }
  BatchDone done(const Result<BatchOutcome>& outcome_of_batch) {
    BOOST_TEST_REQUIRE(obstacles(outcome_of_batch) == "done");
    return std::get<BatchDone>(*outcome_of_batch);
  }
};

BOOST_FIXTURE_TEST_SUITE(task_batches, BatchFixture)

BOOST_AUTO_TEST_CASE(all_changes_are_applied_and_returned_in_order) {
  const model::Task a = new_task(ann, "a");
  const model::Task b = new_task(ann, "b");
  const model::Task c = new_task(ann, "c");
  const model::Task d = new_task(ann, "d");
  BatchUpdate whole = update_of(b.id, "b2", 1);
  whole.description = "text";
  whole.status = TaskStatus::done;
  whole.priority = model::TaskPriority::high;
  whole.due_at.emplace(a.created_at);
  whole.tags = {"t"};
  clear_audit();
  const BatchDone result =
      done(batch(ann, {{{"new 1", "", TaskStatus::done, {}, a.created_at, {"x", "y"}}, {"new 2", "", {}}},
                       {whole, update_of(a.id, "a2")},
                       {d.id, c.id}}));
  BOOST_TEST_REQUIRE(
      (result.created.size() == 2U && result.updated.size() == 2U && result.removed.size() == 2U));
  BOOST_TEST(result.created[0].title == "new 1");
  BOOST_TEST(result.created[0].tags == (std::vector<std::string>{"x", "y"}),
             boost::test_tools::per_element());
  BOOST_TEST((result.created[0].completed_at == result.created[0].created_at));
  BOOST_TEST((result.created[0].due_at == a.created_at));
  BOOST_TEST(result.created[1].title == "new 2");
  BOOST_TEST((result.updated[0].id == b.id));
  BOOST_TEST(result.updated[0].version == 2);
  BOOST_TEST(result.updated[0].description == "text");
  BOOST_TEST((result.updated[0].status == TaskStatus::done && result.updated[0].completed_at.has_value()));
  BOOST_TEST((result.updated[0].due_at == a.created_at));
  BOOST_TEST(result.updated[1].title == "a2");
  BOOST_TEST(result.updated[1].description == "as described");
  BOOST_TEST((result.removed[0] == d.id && result.removed[1] == c.id));
  // Each change has its own audit record.
  std::vector<std::string> records;
  for (const AuditRow& record : audit())
    records.push_back(record.action + ' ' + record.object + ' ' + record.changed);
  std::sort(records.begin(), records.end());
  std::vector<std::string> expected{
      "task.create " + result.created[0].id.text() + " -",
      "task.create " + result.created[1].id.text() + " -",
      "task.update " + b.id.text() + " title description status priority due_at tags",
      "task.update " + a.id.text() + " title",
      "task.delete " + d.id.text() + " -",
      "task.delete " + c.id.text() + " -",
  };
  std::sort(expected.begin(), expected.end());
  BOOST_TEST(records == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(largest_batch_keeps_its_order) {
  TaskBatch changes;
  for (int i = 0; i < 40; ++i) changes.create.push_back({"new " + std::to_string(i), "", {}});
  for (int i = 0; i < 30; ++i)
    changes.update.push_back(update_of(new_task(ann).id, "changed " + std::to_string(i)));
  for (int i = 0; i < 30; ++i) changes.remove.push_back(new_task(ann).id);
  const BatchDone result = done(batch(ann, changes));
  for (std::size_t i = 0; i < 40; ++i) BOOST_TEST(result.created.at(i).title == "new " + std::to_string(i));
  for (std::size_t i = 0; i < 30; ++i)
    BOOST_TEST(result.updated.at(i).title == "changed " + std::to_string(i));
  BOOST_TEST((result.removed == changes.remove));
}

BOOST_AUTO_TEST_CASE(any_obstacle_refuses_the_batch_and_all_are_reported) {
  const model::Task mine = new_task(ann, "mine");
  const model::Task other = new_task(ann, "other");
  const model::Task bobs = new_task(bob, "bobs");
  const model::Task trashed = new_task(ann, "trashed");
  static_cast<void>(remove(ann, trashed.id));
  clear_audit();
  const std::string before = all_tasks();
  const std::string room = "select sum(room)::bigint from taskward.task_room";
  const std::int64_t free = number(room);
  const auto refused = batch(ann, {{{"new", "", {}}},
                                   {update_of(mine.id, "x"), update_of(bobs.id, "x"),
                                    update_of(other.id, "x", 9), update_of(trashed.id, "x")},
                                   {new_id<TaskId>(), bobs.id}});
  BOOST_TEST(obstacles(refused) ==
             "update 1 not_found, update 2 stale_version, update 3 not_found, delete 0 not_found, delete 1 "
             "not_found");
  BOOST_TEST(all_tasks() == before);
  BOOST_TEST(audit().empty());
  BOOST_TEST(number(room) == free);
}

BOOST_AUTO_TEST_CASE(empty_batch_does_nothing) {
  const BatchDone result = done(batch(ann, {}));
  BOOST_TEST((result.created.empty() && result.updated.empty() && result.removed.empty()));
}

BOOST_AUTO_TEST_CASE(update_without_effect_returns_the_unchanged_task) {
  const model::Task made = new_task(ann, "same");
  clear_audit();
  const BatchDone result = done(batch(ann, {{}, {update_of(made.id, "same", 1)}, {}}));
  BOOST_TEST(result.updated.at(0).version == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(batch_is_checked_against_the_quota_as_a_whole) {
  const TaskId first = new_task(ann).id;
  const TaskId second = new_task(ann).id;
  const auto create = [](int count) {
    TaskBatch changes;
    for (int i = 0; i < count; ++i) changes.create.push_back({"new", "", {}});
    return changes;
  };
  BOOST_TEST(obstacles(batch(ann, create(2), 3)) == "quota_exceeded");
  BOOST_TEST(count_rows("tasks") == 2);
  // The batch's deletions free quota for its creations.
  TaskBatch both = create(3);
  both.remove = {first, second};
  BOOST_TEST(obstacles(batch(ann, both, 3)) == "done");
  BOOST_TEST(count_rows("tasks where not trashed") == 3);
  BOOST_TEST(number("select sum(room)::bigint from taskward.task_room") == 0);
  BOOST_TEST(obstacles(batch(ann, create(1), 3)) == "quota_exceeded");
}

BOOST_AUTO_TEST_CASE(batches_fill_the_quota_exactly) {
  constexpr int quota = 400;
  for (int i = 0; i < 20; ++i)
    static_cast<void>(store::insert_task(service, hints, ann.write_access(), new_id<TaskId>(), {"t", "", {}},
                                         quota, {}, stamp()));
  TaskBatch changes;
  for (int i = 0; i < 95; ++i) changes.create.push_back({"new", "", {}});
  for (int i = 0; i < 4; ++i) BOOST_TEST(obstacles(batch(ann, changes, quota)) == "done");
  BOOST_TEST(obstacles(batch(ann, changes, quota)) == "quota_exceeded");
  BOOST_TEST(count_rows("tasks") == quota);
  BOOST_TEST(number("select sum(room)::bigint from taskward.task_room") == 0);
}

BOOST_AUTO_TEST_CASE(batch_evicts_the_oldest_tasks_from_the_trash) {
  std::vector<TaskId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(new_task(ann, std::to_string(i)).id);
  BOOST_TEST(obstacles(batch(ann, {{}, {}, {ids[0], ids[1]}}, 2)) == "done");
  clear_audit();
  BOOST_TEST(obstacles(batch(ann, {{}, {}, {ids[2]}}, 2)) == "done");
  BOOST_TEST(obstacles(batch(ann, {{}, {}, {ids[3], ids[4]}}, 2)) == "done");
  BOOST_TEST(count_rows("tasks where trashed and title in ('3', '4')") == 2);
  BOOST_TEST(count_rows("tasks") == 2);
  BOOST_TEST(number("select count(distinct id) from taskward.audit where reason = 'trash_full'") == 3);
  BOOST_TEST(number("select count(distinct id) from taskward.audit") == 6);
}

BOOST_AUTO_TEST_CASE(concurrent_batches_in_opposite_orders_do_not_deadlock) {
  std::vector<TaskId> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(new_task(ann).id);
  const auto outcomes = run_concurrently<int>(*this, 6, [&](db::Connection& connection, int thread) {
    int done_here = 0;
    for (int round = 0; round < 10; ++round) {
      TaskBatch changes;
      for (const TaskId& id : ids)
        changes.update.push_back(update_of(id, std::to_string(thread * 100 + round)));
      if (thread % 2 == 0) std::reverse(changes.update.begin(), changes.update.end());
      changes.create.push_back({"new", "", {}});
      if (store::apply_batch(connection, ann.write_access(), changes, new_ids<TaskId>(1),
                             new_ids<AuditId>(12), kQuota, {}, origin))
        ++done_here;
    }
    return done_here;
  });
  for (const int count : outcomes) BOOST_TEST(count == 10);
  for (const TaskId& id : ids) BOOST_TEST(find(ann, id)->version == 61);
}

BOOST_AUTO_TEST_CASE(one_of_concurrent_batches_with_a_version_succeeds) {
  const model::Task made = new_task(ann);
  const auto won = run_concurrently<bool>(*this, 10, [&](db::Connection& connection, int thread) {
    const TaskBatch changes{{}, {update_of(made.id, std::to_string(thread), 1)}, {}};
    auto result = store::apply_batch(connection, ann.write_access(), changes, {}, new_ids<AuditId>(2), kQuota,
                                     {}, origin);
    return std::holds_alternative<BatchDone>(*result);
  });
  BOOST_TEST(std::count(won.begin(), won.end(), true) == 1);
  BOOST_TEST(find(ann, made.id)->version == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
