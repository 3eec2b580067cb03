// Every sort order, page by page: total, without gaps or duplicates, and stable during writes.
#include <algorithm>
#include <set>

#include "task_fixture.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"

namespace taskward::testing {
namespace {

using model::SortOrder;
using model::TaskFilter;
using model::TaskLocation;
using model::TaskPriority;
using model::TaskSort;
using model::TaskStatus;

struct OrderFixture : TaskFixture {
  /// Inserts tasks with many equal values, some without a due date.
  void create_many(int count) {
    execute(
        "insert into taskward.tasks (owner_id, id, title, status, priority, due_at, tags, created_at, "
        "updated_at,"
        " completed_at, description) select '" +
        ann.user.text() +
        "', gen_random_uuid(), case when n % 7 = 0 then 'Same' when n % 7 = 1 then 'same' else chr(65 + n % "
        "50) || n % 11"
        " end, case when n % 3 = 0 then 'done' else 'todo' end, n % 5, case when n % 4 <> 0 then timestamptz"
        " '2030-01-01' + (n % 6) * interval '1 day' end, case when n % 2 = 0 then array['even', 'all'] else"
        " array['all'] end, timestamptz '2020-01-01' + (n % 9) * interval '1 ms', timestamptz '2020-02-01' + "
        "(n % 8)"
        " * interval '1 us', case when n % 3 = 0 then now() end, 'garden ' || repeat('garden ', n % 3) from"
        " generate_series(1, " +
        std::to_string(count) + ") n");
  }

  /// Reads all pages of the list; calls `between` after each.
  std::vector<model::Task> pages(const TaskFilter& filter, std::int64_t limit,
                                 const std::function<void()>& between = {}) {
    std::vector<model::Task> all;
    std::optional<store::TaskPosition> after;
    while (true) {
      auto page = list(ann, store::TaskListing{filter, limit, 0, after, {}});
      BOOST_TEST_REQUIRE(outcome(page) == "ok");
      all.insert(all.end(), page->tasks.begin(), page->tasks.end());
      if (static_cast<std::int64_t>(page->tasks.size()) < limit) return all;
      after = page->position(page->tasks.size() - 1);
      if (between) between();
    }
  }

  static std::vector<TaskId> ids(const std::vector<model::Task>& tasks) {
    std::vector<TaskId> out;
    for (const model::Task& task : tasks) out.push_back(task.id);
    return out;
  }
};

/// Whether b may follow a according to the API contract.
bool is_in_order(const model::Task& a, const model::Task& b, TaskSort sort, SortOrder order) {
  const auto lower_title = [](const model::Task& task) { return lower(task.title); };
  const auto before = [&](const auto& x, const auto& y) {
    if (x != y) return order == SortOrder::ascending ? x < y : y < x;
    return order == SortOrder::ascending ? a.id < b.id : b.id < a.id;
  };
  switch (sort) {
    case TaskSort::created_at:
      return before(a.created_at, b.created_at);
    case TaskSort::updated_at:
      return before(a.updated_at, b.updated_at);
    case TaskSort::due_at:
      if (a.due_at.has_value() != b.due_at.has_value()) return a.due_at.has_value();
      return before(a.due_at.value_or(Timestamp{}), b.due_at.value_or(Timestamp{}));
    case TaskSort::priority:
      return before(a.priority, b.priority);
    case TaskSort::title:
      return before(lower_title(a), lower_title(b));
    case TaskSort::relevance:
      break;
  }
  return false;
}

std::vector<std::pair<TaskSort, SortOrder>> every_order() {
  std::vector<std::pair<TaskSort, SortOrder>> all;
  for (const TaskSort sort : model::kTaskSorts) {
    for (const SortOrder order : {SortOrder::ascending, SortOrder::descending}) all.emplace_back(sort, order);
  }
  return all;
}

std::string name_of(TaskSort sort, SortOrder order) {
  return (order == SortOrder::descending ? "-" : "") + std::string(model::name(sort));
}

BOOST_FIXTURE_TEST_SUITE(task_sorting, OrderFixture)

BOOST_AUTO_TEST_CASE(each_order_is_total_and_pages_return_each_task_once, *boost::unit_test::label("slow")) {
  create_many(60);
  new_task(bob, "bobs");
  for (const auto& [sort, order] : every_order()) {
    for (const bool filtered : {false, true}) {
      BOOST_TEST_CONTEXT(name_of(sort, order) << (filtered ? " of a tag" : "")) {
        TaskFilter filter;
        filter.sort = sort;
        filter.order = order;
        if (filtered) filter.tags = {"all"};
        const auto whole = list(ann, filter, 1000)->tasks;
        BOOST_TEST_REQUIRE(whole.size() == 60U);
        for (std::size_t i = 1; i < whole.size(); ++i)
          BOOST_TEST(is_in_order(whole[i - 1], whole[i], sort, order), "at " << i);
        for (const std::int64_t limit : {1, 7})
          BOOST_TEST((ids(pages(filter, limit)) == ids(whole)), "in pages of " << limit);
        // Pages by offset are the same.
        const auto from_offset = list(ann, filter, 40, 15)->tasks;
        BOOST_TEST(std::equal(from_offset.begin(), from_offset.end(), whole.begin() + 15,
                              [](const model::Task& a, const model::Task& b) { return a.id == b.id; }));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(pages_are_stable_during_concurrent_changes) {
  for (const auto& [sort, order] : every_order()) {
    BOOST_TEST_CONTEXT(name_of(sort, order)) {
      execute("delete from taskward.tasks");
      create_many(60);
      execute("update taskward.tasks set description = 'stays' where md5(id::text) < '8'");
      TaskFilter filter;
      filter.sort = sort;
      filter.order = order;
      const auto seen = pages(filter, 5, [&] {
        // Adds tasks at both ends of the order, and deletes one that is not marked to stay.
        new_task(ann, {"new", "", TaskStatus::todo, TaskPriority::normal, clock.now()});
        new_task(ann, {"AAAA", "", TaskStatus::done, TaskPriority::urgent});
        execute(
            "delete from taskward.tasks where id = (select id from taskward.tasks where description <> "
            "'stays'"
            " order by md5(id::text) limit 1)");
      });
      std::set<TaskId> once;
      for (const model::Task& task : seen) BOOST_TEST(once.insert(task.id).second);
      const auto staying =
          owner.query("select id from taskward.tasks where description = 'stays'", db::Params());
      BOOST_TEST(staying.size() > 10U);
      for (std::size_t r = 0; r < staying.size(); ++r)
        BOOST_TEST(once.count(staying.row(r).id<TaskId>()) == 1U);
    }
  }
}

BOOST_AUTO_TEST_CASE(filters_combine) {
  create_many(120);
  TaskFilter filter;
  filter.statuses = {TaskStatus::todo};
  filter.priorities = {TaskPriority::low, TaskPriority::urgent};
  filter.tags = {"all", "even"};
  filter.due_after = parse_rfc3339("2030-01-02T00:00:00Z");
  filter.due_before = parse_rfc3339("2030-01-05T00:00:00Z");
  filter.text = "gard";
  const std::string same =
      " from taskward.tasks where status = 'todo' and priority in (1, 4) and tags @> array['all', 'even'] "
      "and due_at"
      " >= '2030-01-02' and due_at < '2030-01-05'";
  const auto expected = number("select count(*)" + same);
  BOOST_TEST(expected > 0);
  for (const auto& [sort, order] : every_order()) {
    filter.sort = sort;
    filter.order = order;
    auto listed = list(ann, store::TaskListing{filter, 100, 0, {}, store::TaskListing::Total::count});
    BOOST_TEST_REQUIRE(outcome(listed) == "ok");
    BOOST_TEST(static_cast<std::int64_t>(listed->tasks.size()) == expected, name_of(sort, order));
    BOOST_TEST(listed->total.value_or(-1) == expected);
    for (const model::Task& task : listed->tasks) {
      BOOST_TEST((task.status == TaskStatus::todo));
      BOOST_TEST((task.priority == TaskPriority::low || task.priority == TaskPriority::urgent));
      BOOST_TEST((task.due_at && *task.due_at >= *filter.due_after && *task.due_at < *filter.due_before));
    }
  }
}

BOOST_AUTO_TEST_CASE(each_filter_selects_matching_tasks) {
  create_many(60);
  const auto count = [&](const TaskFilter& filter) {
    return static_cast<std::int64_t>(list(ann, filter, 1000)->tasks.size());
  };
  const auto rows = [&](const std::string& where) { return count_rows("tasks where " + where); };
  for (const auto& [sort, order] : every_order()) {
    BOOST_TEST_CONTEXT(name_of(sort, order)) {
      const auto sorted = [&, sort = sort, order = order](TaskFilter filter) {
        filter.sort = sort;
        filter.order = order;
        return filter;
      };
      TaskFilter filter;
      filter.priorities = {TaskPriority::none};
      BOOST_TEST(count(sorted(filter)) == rows("priority = 0"));
      filter = {};
      filter.statuses = {TaskStatus::done, TaskStatus::in_progress};
      BOOST_TEST(count(sorted(filter)) == rows("status = 'done'"));
      filter = {};
      filter.due_before = parse_rfc3339("2030-01-03T00:00:00Z");
      BOOST_TEST(count(sorted(filter)) == rows("due_at < '2030-01-03'"));
      filter = {};
      filter.due_after = parse_rfc3339("2030-01-03T00:00:00Z");
      BOOST_TEST(count(sorted(filter)) == rows("due_at >= '2030-01-03'"));
      filter = {};
      filter.tags = {"even"};
      BOOST_TEST(count(sorted(filter)) == rows("'even' = any(tags)"));
      filter.tags = {"Even"};
      BOOST_TEST(count(sorted(filter)) == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(total_counts_all_matching_tasks_on_every_page) {
  create_many(30);
  TaskFilter filter;
  const auto total = [&](std::int64_t offset) {
    return list(ann, store::TaskListing{filter, 4, offset, {}, store::TaskListing::Total::count})
        ->total.value_or(-1);
  };
  BOOST_TEST(total(0) == 30);
  BOOST_TEST(total(28) == 30);
  BOOST_TEST(total(500) == 30);
  filter.statuses = {TaskStatus::done};
  BOOST_TEST(total(0) == 10);
  BOOST_TEST(!list(ann, filter)->total.has_value());
}

BOOST_AUTO_TEST_CASE(trash_is_a_separate_list_in_every_order) {
  create_many(40);
  execute("update taskward.tasks set deleted_at = now() where md5(id::text) < '8'");
  const auto gone = count_rows("tasks where deleted_at is not null");
  for (const auto& [sort, order] : every_order()) {
    TaskFilter filter;
    filter.sort = sort;
    filter.order = order;
    filter.place = TaskLocation::trash;
    const auto trash = pages(filter, 6);
    filter.place = TaskLocation::list;
    const auto rest = pages(filter, 6);
    BOOST_TEST(static_cast<std::int64_t>(trash.size()) == gone);
    BOOST_TEST(static_cast<std::int64_t>(rest.size()) == 40 - gone);
    for (const model::Task& task : trash) BOOST_TEST(task.deleted_at.has_value());
    for (const model::Task& task : rest) BOOST_TEST(!task.deleted_at.has_value());
  }
}

BOOST_AUTO_TEST_CASE(each_order_uses_its_index) {
  execute(
      "insert into taskward.tasks (owner_id, id, title, status, priority, due_at, completed_at, created_at) "
      "select '" +
      ann.user.text() +
      "', gen_random_uuid(), 't' || n, 'done', n % 5, now() + n * interval '1 s', now(), now() - n * "
      "interval '1 s'"
      " from generate_series(1, 3000) n");
  execute("analyze taskward.tasks, taskward.task_index");
  // The cost is the number of index and table rows that are read; it must not grow with the depth of the
  // page.
  const auto looked_at = [&](const TaskFilter& filter, const std::optional<store::TaskPosition>& after) {
    execute("select pg_stat_force_next_flush()");
    const std::string sql =
        "select coalesce(sum(idx_tup_fetch + seq_tup_read), 0)::bigint from pg_stat_user_tables where "
        "relname in ('tasks', 'task_index')";
    service.execute("select pg_stat_force_next_flush()");
    const auto before = number(sql);
    BOOST_TEST_REQUIRE(
        outcome(store::list_tasks(service, hints, ann.read_access(), {filter, 20, 0, after, {}})) == "ok");
    service.execute("select pg_stat_force_next_flush()");
    execute("select pg_stat_clear_snapshot()");
    return number(sql) - before;
  };
  use_index(ann, true);
  for (const auto& [sort, order] : every_order()) {
    TaskFilter filter;
    filter.sort = sort;
    filter.order = order;
    const auto deep =
        store::list_tasks(service, hints, ann.read_access(), {filter, 1, 2500, {}, {}})->position(0);
    BOOST_TEST(looked_at(filter, {}) <= 100, name_of(sort, order));
    BOOST_TEST(looked_at(filter, deep) <= 100, name_of(sort, order));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
