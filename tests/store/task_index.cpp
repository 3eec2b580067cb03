// The index of the tasks of an owner who has many: when it is used, and that it has every task.
#include <atomic>

#include "concurrently.hpp"
#include "fixture.hpp"
#include "taskward/domain/task_upkeep.hpp"
#include "taskward/store/task_lists.hpp"
#include "taskward/store/task_upkeep.hpp"
#include "tests/support/files.hpp"

namespace taskward::testing {
namespace {

struct TaskIndexFixture : StoreFixture {
  TestUser ann = new_user(model::Role::user, "ann");
  domain::TaskUpkeep upkeep{clock, random};

  TaskId add(db::Connection& connection, const std::string& title) {
    const TaskId id = new_id<TaskId>();
    BOOST_TEST(outcome(store::insert_task(connection, hints, ann.write_access(), id, {title, "", {}}, kQuota,
                                          {}, stamp())) == "ok");
    return id;
  }
  TaskId add(const std::string& title) { return add(service, title); }
  /// Makes the stored quota say that the owner has so many tasks.
  void set_count(int count) {
    execute("insert into taskward.task_room (owner_id, shard, room, quota) values ('" + ann.user.text() +
            "', 0, " + std::to_string(kQuota - count) + ", " + std::to_string(kQuota) +
            ") on conflict (owner_id, shard) do update set room = excluded.room");
  }
  std::int64_t state() {
    return number("select tasks_indexed from taskward.users where id = '" + ann.user.text() + "'");
  }
  void run_upkeep() {
    BOOST_TEST_REQUIRE(wait_until([&] {
      static_cast<void>(upkeep.next(service, log));
      return state() != 1;
    }));
  }
  /// Both directions of the difference between the tasks and the index.
  std::int64_t differences() {
    const std::string columns =
        "owner_id, id, trashed, status, priority, due_at, created_at, updated_at, title, tags";
    const std::string of_tasks =
        "select " + columns + ", taskward.search_vector(title, tags, description) from taskward.tasks";
    const std::string of_index = "select " + columns + ", search from taskward.task_index";
    return number("select count(*) from ((" + of_tasks + " except all " + of_index + ") union all (" +
                  of_index + " except all " + of_tasks + ")) d");
  }
};

BOOST_FIXTURE_TEST_SUITE(task_index, TaskIndexFixture)

BOOST_AUTO_TEST_CASE(owner_with_few_tasks_has_no_index) {
  for (int i = 0; i < 20; ++i) add("few");
  set_count(1000);
  static_cast<void>(upkeep.next(service, log));
  BOOST_TEST(state() == 0);
  BOOST_TEST(count_rows("task_index") == 0);
}

BOOST_AUTO_TEST_CASE(tasks_are_indexed_when_there_are_many) {
  for (int i = 0; i < 450; ++i) add("before");
  set_count(1001);
  BOOST_TEST(state() == 1);
  BOOST_TEST(count_rows("task_index") == 0);
  add("meanwhile");
  BOOST_TEST(count_rows("task_index") == 1);
  run_upkeep();
  BOOST_TEST(state() == 2);
  BOOST_TEST(count_rows("task_index") == 451);
  BOOST_TEST(differences() == 0);
  // Lists are planned by statistics.
  BOOST_TEST(
      number("select count(*) from pg_stats where tablename = 'task_index' and attname = 'owner_id'") == 1);
  add("after");
  BOOST_TEST(differences() == 0);
}

BOOST_AUTO_TEST_CASE(shards_of_the_release_before_are_not_taken_for_many_tasks) {
  const std::string take = "update taskward.task_room set room = room - 1 where shard = 0";
  execute(
      "insert into taskward.task_room (owner_id, shard, room, quota) select id, s, 10, case s when 0 then " +
      std::to_string(kQuota) + " end from taskward.users, generate_series(0, 1) s");
  execute(take);
  BOOST_TEST(state() == 0);
  execute("delete from taskward.task_room where shard = 1");
  execute(take);
  BOOST_TEST(state() == 1);
}

BOOST_AUTO_TEST_CASE(list_uses_the_index_from_its_completion_on) {
  for (const char* title : {"b", "a", "c"}) add(title);
  model::TaskFilter filter;
  filter.sort = model::TaskSort::title;
  filter.order = model::SortOrder::ascending;
  const auto titles = [&] {
    std::string all;
    const auto listed = store::list_tasks(service, hints, ann.read_access(), {filter, 10, 0, {}, {}});
    for (const model::Task& task : listed->tasks) all += task.title;
    return all;
  };
  BOOST_TEST(titles() == "abc");
  set_count(5000);
  BOOST_TEST(titles() == "abc");
  run_upkeep();
  BOOST_TEST(titles() == "abc");
  BOOST_TEST(hints.is_indexed(ann.user));
  // Shows which of the two was read.
  execute("delete from taskward.task_index");
  BOOST_TEST(titles().empty());
  // Another process finds out by itself.
  store::OwnerHints fresh;
  BOOST_TEST(store::list_tasks(service, fresh, ann.read_access(), {filter, 10, 0, {}, {}})->tasks.empty());
}

BOOST_AUTO_TEST_CASE(task_of_a_transaction_that_began_before_is_indexed) {
  add("first");
  const auto other = connect();
  db::Transaction open(*other);
  add(*other, "early");
  set_count(1001);
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(upkeep.next(service, log));
    BOOST_TEST(state() == 1);
  }
  open.commit();
  run_upkeep();
  BOOST_TEST(count_rows("task_index") == 2);
  BOOST_TEST(differences() == 0);
}

BOOST_AUTO_TEST_CASE(index_follows_concurrent_changes) {
  for (int i = 0; i < 300; ++i) add("before");
  set_count(1001);
  std::atomic<bool> is_over = false;
  static_cast<void>(run_concurrently<int>(*this, 5, [&](db::Connection& connection, int thread) {
    if (thread == 0) {
      domain::TaskUpkeep other(clock, random);
      for (int i = 0; i < 200; ++i) static_cast<void>(other.next(connection, log));
      is_over = true;
      return 0;
    }
    while (!is_over) {
      const TaskId id = add(connection, "new");
      model::TaskChange change;
      change.title = "changed";
      static_cast<void>(store::update_task(connection, ann.write_access(), id, change, {}, stamp()));
      if (thread == 1) static_cast<void>(store::erase_task(connection, ann.write_access(), id, {}, stamp()));
      if (thread == 2)
        static_cast<void>(
            store::delete_task(connection, ann.write_access(), id, {}, kQuota, new_id<AuditId>(), stamp()));
    }
    return 0;
  }));
  run_upkeep();
  BOOST_TEST(differences() == 0);
}

BOOST_AUTO_TEST_CASE(trash_counts_for_the_index_once_a_day) {
  add("one");
  execute("insert into taskward.tasks (owner_id, id, title, status, deleted_at) select '" + ann.user.text() +
          "', gen_random_uuid(), 't', 'todo', now() from generate_series(1, 1000)");
  execute("update taskward.task_room set reckoned_at = now() - interval '25 hours'");
  BOOST_TEST(store::recount_old_quota(service));
  BOOST_TEST(state() == 1);
  run_upkeep();
  BOOST_TEST(differences() == 0);
}

BOOST_AUTO_TEST_CASE(workers_of_the_release_before_still_work) {
  set_count(1001);
  run_upkeep();
  BOOST_CHECK_NO_THROW(
      service.query("insert into taskward.tasks (owner_id, id, title, status) values ($1::uuid, "
                    "gen_random_uuid(), 'old', 'todo')",
                    db::Params().id(ann.user)));
  BOOST_TEST(differences() == 0);
  // The column that they search by.
  BOOST_TEST(service.query("select o.search::text from taskward.tasks o", db::Params()).row(0).text() ==
             "'old':1A");
}

BOOST_AUTO_TEST_CASE(owners_of_before_are_indexed_from_the_same_number_on) {
  const std::string migration = test::read_file(repository() / "sql/migrations/0014_large_owners.sql");
  for (const auto& [count, expected] : {std::pair(1000, 0), {1001, 1}}) {
    execute("alter table taskward.task_room disable trigger mark_large_owner");
    set_count(count);
    execute(migration);
    BOOST_TEST(state() == expected);
    execute("alter table taskward.task_room enable trigger mark_large_owner");
  }
}

BOOST_AUTO_TEST_CASE(recount_indexes_from_the_same_number_on) {
  const auto recount = [&] {
    execute("update taskward.task_room set reckoned_at = now() - interval '25 hours'");
    BOOST_TEST(store::recount_old_quota(service));
    return state();
  };
  add("one");
  const std::string insert = "insert into taskward.tasks (owner_id, id, title, status) select '" +
                             ann.user.text() + "', gen_random_uuid(), 't', 'todo' from generate_series(1, ";
  execute(insert + "999)");
  BOOST_TEST(recount() == 0);
  execute(insert + "1)");
  BOOST_TEST(recount() == 1);
}

BOOST_AUTO_TEST_CASE(index_ends_with_the_account) {
  set_count(1001);
  add("one");
  execute("delete from taskward.users");
  BOOST_TEST(count_rows("task_index") == 0);
}

BOOST_AUTO_TEST_CASE(frequent_statements_are_planned_once) {
  const TaskId id = add("first");
  for (int i = 0; i < 120; ++i) add("more");
  execute("analyze taskward.tasks");
  model::TaskFilter filter, of_status;
  filter.order = of_status.order = model::SortOrder::descending;
  of_status.statuses = {model::TaskStatus::todo};
  constexpr int runs = 200;
  for (int i = 0; i < runs; ++i) {
    for (const auto& one : {filter, of_status})
      BOOST_TEST(outcome(store::list_tasks(service, hints, ann.read_access(),
                                           {one, 1 + i % 100, 0, {}, {}})) == "ok");
    BOOST_TEST(outcome(store::find_task(service, ann.read_access(), id)) == "ok");
    model::TaskChange change;
    change.description = std::to_string(i);
    BOOST_TEST(outcome(store::update_task(service, ann.write_access(), id, change, {}, stamp())) == "ok");
  }
  const db::Rows plans = service.query(
      "select name, custom_plans from pg_prepared_statements where generic_plans + custom_plans >= " +
          std::to_string(runs) + " order by 1",
      db::Params());
  BOOST_TEST(plans.size() == 4U);
  for (std::size_t r = 0; r < plans.size(); ++r) {
    db::RowReader row = plans.row(r);
    const std::string name = row.text();
    BOOST_TEST(row.number() <= 5, name);
  }
}

BOOST_AUTO_TEST_CASE(common_changes_touch_no_index) {
  std::vector<TaskId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(add("a task"));
  const std::string counters =
      "select n_tup_upd * 1000 + n_tup_hot_upd from pg_stat_user_tables where relname = 'tasks'";
  for (int i = 0; i < 50; ++i) {
    model::TaskChange change;
    change.title = "title " + std::to_string(i);
    change.status = i % 2 == 0 ? model::TaskStatus::done : model::TaskStatus::todo;
    change.due_at = clock.now();
    BOOST_TEST(
        outcome(store::update_task(service, ann.write_access(), ids[static_cast<std::size_t>(i) % ids.size()],
                                   change, {}, stamp())) == "ok");
  }
  service.execute("select pg_stat_force_next_flush()");
  service.execute("select 1");
  execute("select pg_stat_clear_snapshot()");
  BOOST_TEST(number(counters) == 50'050);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
