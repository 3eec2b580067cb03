// The task quota: never exceeded by concurrent requests, and always fully usable.
#include <numeric>

#include "concurrently.hpp"
#include "task_fixture.hpp"
#include "taskward/store/task_upkeep.hpp"

namespace taskward::testing {
namespace {

struct QuotaFixture : TaskFixture {
  std::string add(db::Connection& connection, const TestUser& who, int quota) {
    return outcome(store::insert_task(connection, hints, who.write_access(), new_id<TaskId>(), {"t", "", {}},
                                      quota, {}, stamp()));
  }
  std::string add(const TestUser& who, int quota) { return add(service, who, quota); }
  std::int64_t listed(const TestUser& who) {
    return count_rows("tasks where not trashed and owner_id = '" + who.user.text() + "'");
  }
  std::int64_t rows(const TestUser& who) {
    return count_rows("task_room where owner_id = '" + who.user.text() + "'");
  }
  std::int64_t room(const TestUser& who) {
    return number("select sum(room)::bigint from taskward.task_room where owner_id = '" + who.user.text() +
                  "'");
  }
  /// Checks that the free quota plus the number of tasks equals the quota or, far from the limit, exceeds it
  /// by what is not settled. What other threads were creating during a recount may be both counted and
  /// settled.
  void check_quota(const TestUser& who, int quota, int others = 0) {
    const std::int64_t free = room(who);
    const std::int64_t unsettled = free + listed(who) - quota;
    BOOST_TEST(std::abs(unsettled) < (free < store::kQuotaMargin ? 1 : store::kSettledAtOnce + others),
               unsettled);
    BOOST_TEST(number("select max(quota) from taskward.task_room where owner_id = '" + who.user.text() +
                      "'") == quota);
  }
  std::string detail(const Result<model::Task>& refused) { return refused.error().detail; }
};

BOOST_FIXTURE_TEST_SUITE(task_quota, QuotaFixture)

BOOST_AUTO_TEST_CASE(quota_limits_the_number_of_tasks) {
  for (int i = 0; i < 3; ++i) BOOST_TEST(add(ann, 3) == "ok");
  clear_audit();
  BOOST_TEST(add(ann, 3) == "quota_exceeded");
  BOOST_TEST(add(ann, 3) == "quota_exceeded");
  BOOST_TEST(audit().empty());
  BOOST_TEST(listed(ann) == 3);
  BOOST_TEST(add(bob, 3) == "ok");
  check_quota(ann, 3);
  check_quota(bob, 3);
}

BOOST_AUTO_TEST_CASE(refusal_states_the_quota) {
  BOOST_TEST(add(ann, 1) == "ok");
  const auto refused =
      store::insert_task(service, hints, ann.write_access(), new_id<TaskId>(), {"t", "", {}}, 1, {}, stamp());
  BOOST_TEST_REQUIRE(!refused);
  BOOST_TEST(detail(refused).find("1 ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(concurrent_inserts_fill_the_quota_exactly) {
  for (const int quota : {1, 7, 40, 200}) {
    const TestUser who = new_user();
    constexpr int threads = 12, each = 25;
    const auto made = run_concurrently<int>(*this, threads, [&](db::Connection& connection, int) {
      int sum = 0;
      for (int i = 0; i < each; ++i) {
        const std::string said = add(connection, who, quota);
        BOOST_TEST((said == "ok" || said == "quota_exceeded"), said);
        if (said == "ok") ++sum;
      }
      return sum;
    });
    BOOST_TEST(std::accumulate(made.begin(), made.end(), 0) == quota);
    BOOST_TEST(listed(who) == quota);
    check_quota(who, quota);
  }
}

BOOST_AUTO_TEST_CASE(deletion_frees_quota_and_restoring_uses_it) {
  const TaskId id = new_task(ann).id;
  BOOST_TEST(add(ann, 2) == "ok");
  BOOST_TEST(add(ann, 2) == "quota_exceeded");
  BOOST_TEST(outcome(remove(ann, id)) == "ok");
  BOOST_TEST(add(ann, 2) == "ok");
  BOOST_TEST(outcome(restore(ann, id, 2)) == "quota_exceeded");
  BOOST_TEST(outcome(find(ann, id)) == "not_found");
  BOOST_TEST(outcome(restore(ann, id, 3)) == "ok");
  check_quota(ann, 3);
  BOOST_TEST(outcome(erase(ann, id)) == "ok");
  check_quota(ann, 3);
  BOOST_TEST(add(ann, 3) == "ok");
  BOOST_TEST(add(ann, 3) == "quota_exceeded");
}

BOOST_AUTO_TEST_CASE(erasing_from_the_trash_frees_no_quota_again) {
  const TaskId id = new_task(ann).id;
  BOOST_TEST(outcome(remove(ann, id)) == "ok");
  check_quota(ann, kQuota);
  BOOST_TEST(outcome(erase(ann, id)) == "ok");
  check_quota(ann, kQuota);
}

BOOST_AUTO_TEST_CASE(concurrent_operations_keep_the_quota_consistent) {
  constexpr int quota = 30;
  const auto failures = run_concurrently<int>(*this, 8, [&](db::Connection& connection, int thread) {
    int unexpected = 0;
    std::vector<TaskId> mine;
    for (int i = 0; i < 60; ++i) {
      const TaskId id = new_id<TaskId>();
      const std::string made = outcome(
          store::insert_task(connection, hints, ann.write_access(), id, {"t", "", {}}, quota, {}, stamp()));
      if (made == "ok") mine.push_back(id);
      if (made != "ok" && made != "quota_exceeded") ++unexpected;
      if (mine.empty()) continue;
      const TaskId one = mine[static_cast<std::size_t>(i) % mine.size()];
      const auto done =
          (i + thread) % 3 == 0 ? outcome(store::delete_task(connection, ann.write_access(), one, {}, kQuota,
                                                             new_id<AuditId>(), stamp()))
          : (i + thread) % 3 == 1
              ? outcome(store::restore_task(connection, ann.write_access(), one, {}, quota, stamp()))
              : outcome(store::erase_task(connection, ann.write_access(), one, {}, stamp()));
      if (done != "ok" && done != "not_found" && done != "quota_exceeded") ++unexpected;
    }
    return unexpected;
  });
  BOOST_TEST(std::accumulate(failures.begin(), failures.end(), 0) == 0);
  BOOST_TEST(listed(ann) <= quota);
  check_quota(ann, quota);
  // The remaining quota can be used completely.
  int more = 0;
  const auto before = listed(ann);
  while (add(ann, quota) == "ok") ++more;
  BOOST_TEST(before + more == quota);
}

BOOST_AUTO_TEST_CASE(changed_quota_applies_to_the_next_task) {
  for (int i = 0; i < 5; ++i) BOOST_TEST(add(ann, 5) == "ok");
  BOOST_TEST(add(ann, 5) == "quota_exceeded");
  BOOST_TEST(add(ann, 7) == "ok");
  check_quota(ann, 7);
  // A lower quota deletes nothing, and no task can be created.
  BOOST_TEST(add(ann, 2) == "quota_exceeded");
  check_quota(ann, 2);
  BOOST_TEST(listed(ann) == 6);
  BOOST_TEST(add(ann, 1000) == "ok");
  check_quota(ann, 1000);
  BOOST_TEST(add(ann, 7) == "quota_exceeded");
  BOOST_TEST(add(ann, 8) == "ok");
}

BOOST_AUTO_TEST_CASE(far_from_the_limit_an_insert_does_not_wait_for_another_commit) {
  BOOST_TEST(add(ann, 1000) == "ok");
  const auto other = connect();
  db::Transaction open(*other);
  BOOST_TEST(add(*other, ann, 1000) == "ok");
  BOOST_TEST(add(ann, 1000) == "ok");  // it would wait until lock_timeout and fail
  open.commit();
  check_quota(ann, 1000);
}

BOOST_AUTO_TEST_CASE(created_tasks_are_settled_several_at_once) {
  for (int i = 0; i < 40; ++i) {
    BOOST_TEST(add(ann, 1000) == "ok");
    check_quota(ann, 1000);
  }
  const std::int64_t settled = 1000 - room(ann);
  BOOST_TEST(settled > 40 - store::kSettledAtOnce);
  BOOST_TEST(settled < 40);
  // Deleting frees at once what creating took.
  BOOST_TEST(outcome(remove(ann, new_task(ann).id)) == "ok");
  check_quota(ann, kQuota);
}

BOOST_AUTO_TEST_CASE(quota_holds_for_several_processes_that_settle_later) {
  constexpr int processes = 8, quota = 300;
  std::vector<store::OwnerHints> of_process(processes);
  const auto made = run_concurrently<int>(*this, processes, [&](db::Connection& connection, int process) {
    int sum = 0;
    for (int i = 0; i < 60; ++i) {
      const auto said = outcome(store::insert_task(connection, of_process[static_cast<std::size_t>(process)],
                                                   ann.write_access(), new_id<TaskId>(), {"t", "", {}}, quota,
                                                   {}, stamp()));
      BOOST_TEST((said == "ok" || said == "quota_exceeded"), said);
      if (said == "ok") ++sum;
    }
    return sum;
  });
  // Creations may be in progress while the quota becomes exact.
  BOOST_TEST(std::accumulate(made.begin(), made.end(), 0) >= quota);
  BOOST_TEST(listed(ann) <= quota + processes);
}

BOOST_AUTO_TEST_CASE(replayed_creations_settle_nothing) {
  const store::IdempotencyKey key{new_hash(), new_hash()};
  for (int i = 0; i < 40; ++i) {
    BOOST_TEST(outcome(store::insert_task(service, hints, ann.write_access(), new_id<TaskId>(), {"t", "", {}},
                                          1000, key, stamp())) == "ok");
  }
  BOOST_TEST(listed(ann) == 1);
  check_quota(ann, 1000);
  for (int i = 0; i < 20; ++i) BOOST_TEST(add(ann, 1000) == "ok");
  check_quota(ann, 1000);
}

BOOST_AUTO_TEST_CASE(shards_of_the_release_before_are_merged) {
  for (int i = 0; i < 3; ++i) BOOST_TEST(add(ann, 40) == "ok");
  execute("update taskward.task_room set room = 30, is_exact = false");
  execute(
      "insert into taskward.task_room (owner_id, shard, room) select owner_id, 1, 7 from taskward.task_room");
  BOOST_TEST(add(ann, 40) == "ok");
  BOOST_TEST(rows(ann) == 1);
  check_quota(ann, 40);
}

BOOST_AUTO_TEST_CASE(tasks_without_quota_rows_are_counted) {
  execute("insert into taskward.tasks (owner_id, id, title, status) select '" + ann.user.text() +
          "', gen_random_uuid(), 't', 'todo' from generate_series(1, 4)");
  BOOST_TEST(rows(ann) == 0);
  BOOST_TEST(add(ann, 5) == "ok");
  BOOST_TEST(add(ann, 5) == "quota_exceeded");
  check_quota(ann, 5);
  // With more tasks than the quota allows.
  execute("delete from taskward.task_room");
  BOOST_TEST(add(ann, 3) == "quota_exceeded");
  check_quota(ann, 3);
}

BOOST_AUTO_TEST_CASE(tasks_from_an_older_release_are_counted_by_the_migration) {
  // The statement of the migration for existing owners.
  execute("insert into taskward.tasks (owner_id, id, title, status) select '" + ann.user.text() +
          "', gen_random_uuid(), 't', 'todo' from generate_series(1, 4)");
  execute(
      "insert into taskward.task_room (owner_id, shard, room, quota) select owner_id, 0, -count(*), 0 from"
      " taskward.tasks group by owner_id");
  BOOST_TEST(add(ann, 6) == "ok");
  check_quota(ann, 6);
  BOOST_TEST(add(ann, 6) == "ok");
  BOOST_TEST(add(ann, 6) == "quota_exceeded");
}

BOOST_AUTO_TEST_CASE(wrong_quota_is_corrected_once_a_day) {
  for (int i = 0; i < 3; ++i) BOOST_TEST(add(ann, 10) == "ok");
  BOOST_TEST(add(bob, 10) == "ok");
  // As done by an operator, or by a release that did not track the quota.
  execute("delete from taskward.tasks where owner_id = '" + ann.user.text() +
          "' and id = (select min(id::text)::uuid from taskward.tasks where owner_id = '" + ann.user.text() +
          "')");
  BOOST_TEST(!store::recount_old_quota(service));
  execute("update taskward.task_room set reckoned_at = now() - interval '25 hours' where owner_id = '" +
          ann.user.text() + "'");
  BOOST_TEST(store::recount_old_quota(service));
  BOOST_TEST(!store::recount_old_quota(service));
  check_quota(ann, 10);
  check_quota(bob, 10);
}

BOOST_AUTO_TEST_CASE(recount_concurrent_with_writes_changes_nothing) {
  const auto counted = run_concurrently<int>(*this, 6, [&](db::Connection& connection, int thread) {
    for (int i = 0; i < 40; ++i) {
      if (thread == 0) {
        connection.execute(
            "update taskward.task_room set reckoned_at = now() - interval '25 hours' where shard = 0");
        static_cast<void>(store::recount_old_quota(connection));
        continue;
      }
      const TaskId id = new_id<TaskId>();
      static_cast<void>(
          store::insert_task(connection, hints, ann.write_access(), id, {"t", "", {}}, 500, {}, stamp()));
      if (i % 2 == 0)
        static_cast<void>(
            store::delete_task(connection, ann.write_access(), id, {}, kQuota, new_id<AuditId>(), stamp()));
    }
    return 0;
  });
  BOOST_TEST(counted.size() == 6U);
  BOOST_TEST(listed(ann) == 5 * 20);
  check_quota(ann, 500, 5);
}

BOOST_AUTO_TEST_CASE(quota_rows_are_deleted_with_the_account) {
  BOOST_TEST(add(ann, 10) == "ok");
  execute("delete from taskward.users where id = '" + ann.user.text() + "'");
  BOOST_TEST(rows(ann) == 0);
  BOOST_TEST(add(ann, 10) == "invalid_token");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
