// Deleted tasks are moved to the trash, restored, or erased permanently.
#include "concurrently.hpp"
#include "task_fixture.hpp"
#include "taskward/domain/purge.hpp"
#include "taskward/domain/task_upkeep.hpp"
#include "taskward/store/task_upkeep.hpp"

namespace taskward::testing {
namespace {

using model::TaskFilter;
using model::TaskLocation;

struct TrashFixture : TaskFixture {
  std::string trash(const TestUser& who) {
    TaskFilter filter;
    filter.place = TaskLocation::trash;
    return titles(who, filter);
  }
  std::string trash_by_title(const TestUser& who) {
    TaskFilter filter;
    filter.place = TaskLocation::trash;
    filter.sort = model::TaskSort::title;
    filter.order = model::SortOrder::ascending;
    return titles(who, filter);
  }
  void age(const TaskId& id, const std::string& days) {
    execute("update taskward.tasks set deleted_at = now() - interval '" + days + "' where id = '" +
            id.text() + "'");
  }
  std::int64_t empty_trash(std::size_t most = 100) {
    return store::empty_trash(service, new_ids<AuditId>(most));
  }
};

BOOST_FIXTURE_TEST_SUITE(trash, TrashFixture)

BOOST_AUTO_TEST_CASE(deleted_task_is_only_in_the_trash) {
  const TaskId id = new_task(ann, "gone").id;
  new_task(ann, "here");
  BOOST_TEST(outcome(remove(ann, id)) == "ok");
  BOOST_TEST(titles(ann) == "here");
  BOOST_TEST(trash(ann) == "gone");
  BOOST_TEST(outcome(find(ann, id)) == "not_found");
  BOOST_TEST(outcome(change(ann, id, {"x"})) == "not_found");
  BOOST_TEST(outcome(remove(ann, id)) == "not_found");
  BOOST_TEST(trash(bob).empty());
}

BOOST_AUTO_TEST_CASE(restored_task_differs_only_in_version_and_update_time) {
  const model::Task made =
      new_task(ann, {"t", "d", model::TaskStatus::done, model::TaskPriority::high, clock.now(), {"a"}});
  BOOST_TEST(outcome(remove(ann, made.id)) == "ok");
  const auto back = restore(ann, made.id);
  BOOST_TEST_REQUIRE(outcome(back) == "ok");
  BOOST_TEST(back->title == made.title);
  BOOST_TEST(back->description == made.description);
  BOOST_TEST((back->status == made.status && back->priority == made.priority));
  BOOST_TEST((back->due_at == made.due_at && back->completed_at == made.completed_at));
  BOOST_TEST((back->created_at == made.created_at));
  BOOST_TEST(back->tags == made.tags, boost::test_tools::per_element());
  BOOST_TEST(back->version == made.version + 2);
  BOOST_TEST((back->updated_at > made.updated_at));
  BOOST_TEST(!back->deleted_at.has_value());
  BOOST_TEST(trash(ann).empty());
  BOOST_TEST(outcome(find(ann, made.id)) == "ok");
}

BOOST_AUTO_TEST_CASE(restoring_a_listed_task_changes_nothing) {
  const model::Task made = new_task(ann);
  clear_audit();
  const auto same = restore(ann, made.id);
  BOOST_TEST_REQUIRE(outcome(same) == "ok");
  BOOST_TEST(same->version == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(erased_task_cannot_be_restored) {
  const TaskId listed = new_task(ann).id;
  const TaskId trashed = new_task(ann).id;
  BOOST_TEST(outcome(remove(ann, trashed)) == "ok");
  for (const TaskId& id : {listed, trashed}) {
    BOOST_TEST(outcome(erase(ann, id)) == "ok");
    BOOST_TEST(outcome(erase(ann, id)) == "not_found");
    BOOST_TEST(outcome(restore(ann, id)) == "not_found");
  }
  BOOST_TEST(count_rows("tasks") == 0);
}

BOOST_AUTO_TEST_CASE(each_step_is_recorded) {
  const TaskId id = new_task(ann).id;
  static_cast<void>(remove(ann, id));
  static_cast<void>(restore(ann, id));
  static_cast<void>(erase(ann, id));
  BOOST_TEST(audit_lines() == (Lines{"task.create success -", "task.delete success -",
                                     "task.restore success -", "task.erase success -"}),
             boost::test_tools::per_element());
  for (const AuditRow& record : audit()) BOOST_TEST(record.object == id.text());
}

BOOST_AUTO_TEST_CASE(full_trash_evicts_the_oldest_tasks) {
  std::vector<TaskId> ids;
  for (const char* title : {"a", "b", "c", "d"}) ids.push_back(new_task(ann, title).id);
  const TaskId bobs = new_task(bob, "bobs").id;
  static_cast<void>(remove(bob, bobs));
  clear_audit();
  const auto into_trash = [&](const TaskId& id) {
    return outcome(store::delete_task(service, ann.write_access(), id, {}, 2, new_id<AuditId>(), stamp()));
  };
  BOOST_TEST(into_trash(ids[0]) == "ok");
  BOOST_TEST(into_trash(ids[1]) == "ok");
  BOOST_TEST(audit().size() == 2U);
  BOOST_TEST(into_trash(ids[2]) == "ok");
  BOOST_TEST(into_trash(ids[3]) == "ok");
  BOOST_TEST(trash_by_title(ann) == "c d");
  BOOST_TEST(trash(bob) == "bobs");
  Lines gone;
  for (const AuditRow& record : audit()) {
    if (record.action == "task.erase") gone.push_back(record.object + ' ' + record.reason);
  }
  BOOST_TEST(gone == (Lines{ids[0].text() + " trash_full", ids[1].text() + " trash_full"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(oversized_trash_evicts_one_task_per_deletion) {
  for (int i = 0; i < 5; ++i) static_cast<void>(remove(ann, new_task(ann, std::to_string(i)).id));
  BOOST_TEST(outcome(store::delete_task(service, ann.write_access(), new_task(ann, "5").id, {}, 2,
                                        new_id<AuditId>(), stamp())) == "ok");
  BOOST_TEST(trash_by_title(ann) == "1 2 3 4 5");
}

BOOST_AUTO_TEST_CASE(concurrent_deletions_keep_the_trash_at_its_limit) {
  std::vector<TaskId> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(new_task(ann).id);
  const auto failures = run_concurrently<int>(*this, 4, [&](db::Connection& connection, int thread) {
    int unexpected = 0;
    for (std::size_t i = static_cast<std::size_t>(thread); i < ids.size(); i += 4) {
      if (outcome(store::delete_task(connection, ann.write_access(), ids[i], {}, 10, new_id<AuditId>(),
                                     stamp())) != "ok")
        ++unexpected;
    }
    return unexpected;
  });
  for (const int unexpected : failures) BOOST_TEST(unexpected == 0);
  const auto left = count_rows("tasks");
  BOOST_TEST(left >= 10);
  BOOST_TEST(left <= 16);  // concurrent deletions do not see each other
}

BOOST_AUTO_TEST_CASE(concurrent_batch_deletions_do_not_overfill_a_full_trash) {
  constexpr int quota = 20;
  constexpr std::size_t at_once = 4;
  for (int round = 0; round < 6; ++round) {
    std::vector<model::TaskBatch> batches(at_once);
    for (model::TaskBatch& one : batches) {
      for (int i = 0; i < 4; ++i) one.remove.push_back(new_task(ann).id);
    }
    const auto done =
        run_concurrently<std::string>(*this, at_once, [&](db::Connection& connection, int thread) {
          const model::TaskBatch& one = batches[static_cast<std::size_t>(thread)];
          return outcome(store::apply_batch(connection, ann.write_access(), one, {},
                                            new_ids<AuditId>(store::records_of(one)), quota, {}, origin));
        });
    for (const std::string& one : done) BOOST_TEST(one == "ok");
    const auto held = count_rows("tasks where trashed");
    // Concurrent batches that fill the trash do not see each other; once it is full, each evicts as many as
    // it adds.
    BOOST_TEST(held <= quota + static_cast<int>(at_once) * 4);
    if (round >= 2) BOOST_TEST(held >= quota);
  }
  BOOST_TEST(count_rows("audit where reason = 'trash_full'") + count_rows("tasks where trashed") ==
             6 * 4 * 4);
}

BOOST_AUTO_TEST_CASE(restore_needs_the_current_version) {
  const TaskId id = new_task(ann).id;
  static_cast<void>(remove(ann, id));  // version 2
  const auto restore_if = [&](std::vector<std::int64_t> versions) {
    const model::Precondition precondition{{false, std::move(versions)}, {}};
    return outcome(store::restore_task(service, ann.write_access(), id, precondition, kQuota, stamp()));
  };
  BOOST_TEST(restore_if({1}) == "precondition_failed");
  BOOST_TEST(outcome(find(ann, id)) == "not_found");
  BOOST_TEST(restore_if({2}) == "ok");
  BOOST_TEST(restore_if({2}) == "precondition_failed");  // 3 now, and there already
}

BOOST_AUTO_TEST_CASE(concurrent_restores_restore_once_and_all_return_the_task) {
  const TaskId id = new_task(ann).id;
  static_cast<void>(remove(ann, id));
  clear_audit();
  const auto versions = run_concurrently<std::int64_t>(*this, 8, [&](db::Connection& connection, int) {
    return store::restore_task(connection, ann.write_access(), id, {}, kQuota, stamp())->version;
  });
  for (const std::int64_t version : versions) BOOST_TEST(version == 3);
  BOOST_TEST(audit().size() == 1U);
}

BOOST_AUTO_TEST_CASE(concurrent_restore_and_erase_leave_no_task) {
  for (int round = 0; round < 10; ++round) {
    const TaskId id = new_task(ann).id;
    static_cast<void>(remove(ann, id));
    const auto outcomes =
        run_concurrently<std::string>(*this, 2, [&](db::Connection& connection, int thread) {
          if (thread == 0)
            return outcome(store::restore_task(connection, ann.write_access(), id, {}, kQuota, stamp()));
          return outcome(store::erase_task(connection, ann.write_access(), id, {}, stamp()));
        });
    BOOST_TEST(outcomes[1] == "ok");
    BOOST_TEST((outcomes[0] == "ok" || outcomes[0] == "not_found"));
    BOOST_TEST(outcome(find(ann, id)) == "not_found");
  }
}

BOOST_AUTO_TEST_CASE(trash_is_emptied_after_thirty_days) {
  const TaskId old = new_task(ann, "old").id;
  const TaskId young = new_task(ann, "young").id;
  new_task(ann, "listed");
  static_cast<void>(remove(ann, old));
  static_cast<void>(remove(ann, young));
  age(old, "30 days 1 minute");
  age(young, "29 days 23 hours 59 minutes");
  clear_audit();
  BOOST_TEST(empty_trash() == 1);
  BOOST_TEST(empty_trash() == 0);
  BOOST_TEST(trash(ann) == "young");
  BOOST_TEST(titles(ann) == "listed");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "task.erase success trash_period_over");
  BOOST_TEST(records[0].object == old.text());
  BOOST_TEST(records[0].actor == "-");
}

BOOST_AUTO_TEST_CASE(batch_takes_the_oldest_tasks_and_skips_locked_ones) {
  std::vector<TaskId> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(new_task(ann, std::to_string(i)).id);
    static_cast<void>(remove(ann, ids.back()));
    age(ids.back(), std::to_string(40 - i) + " days");
  }
  db::Connection other({database.service(), "test"}, log);
  db::Transaction holding(other);
  other.execute("select from taskward.tasks where id = '" + ids[0].text() + "' for update");
  BOOST_TEST(empty_trash(2) == 2);
  BOOST_TEST(trash_by_title(ann) == "0 3 4");
}

BOOST_AUTO_TEST_CASE(concurrent_emptying_erases_each_task_once) {
  execute("insert into taskward.tasks (owner_id, id, title, status, deleted_at) select '" + ann.user.text() +
          "', gen_random_uuid(), 't', 'todo', now() - interval '31 days' from generate_series(1, 300)");
  const auto taken = run_concurrently<std::int64_t>(*this, 4, [&](db::Connection& connection, int) {
    std::int64_t sum = 0;
    for (std::int64_t some = 1; some > 0;) {
      some = store::empty_trash(connection, new_ids<AuditId>(50));
      sum += some;
    }
    return sum;
  });
  std::int64_t sum = 0;
  for (const std::int64_t some : taken) sum += some;
  BOOST_TEST(sum == 300);
  BOOST_TEST(count_rows("tasks") == 0);
  BOOST_TEST(number("select count(distinct id) from taskward.audit where action = 'task.erase'") == 300);
}

BOOST_AUTO_TEST_CASE(upkeep_empties_the_trash_and_then_waits) {
  execute("insert into taskward.tasks (owner_id, id, title, status, deleted_at) select '" + ann.user.text() +
          "', gen_random_uuid(), 't', 'todo', now() - interval '31 days' from generate_series(1, 250)");
  execute("update taskward.users set tasks_indexed = 0");
  domain::TaskUpkeep upkeep(clock, random);
  int steps = 1;
  while (upkeep.next(service, log) < domain::kPurgeInterval && steps < 100) ++steps;
  BOOST_TEST(count_rows("tasks") == 0);
  BOOST_TEST(steps == 5);  // batches of 100, 100 and 50, the quota recount, and no owner to index
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
