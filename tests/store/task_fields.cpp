// Priority, due date and tags: stored unchanged, changed separately, recorded by name.
#include "task_fixture.hpp"
#include "taskward/base/rfc3339.hpp"

namespace taskward::testing {
namespace {

using model::NewTask;
using model::TaskChange;
using model::TaskPriority;
using model::TaskStatus;
using Tags = std::vector<std::string>;

const Timestamp kDue = parse_rfc3339("2030-02-28T23:59:59.999Z").value();

BOOST_FIXTURE_TEST_SUITE(task_fields, TaskFixture)

BOOST_AUTO_TEST_CASE(fields_are_stored_unchanged) {
  const Tags tags{"", "a \"b\"", "back\\slash", "comma, brace}", "null", "\xF0\x9F\x8D\xB5"};
  const model::Task made = new_task(ann, {"t", "d", TaskStatus::todo, TaskPriority::urgent, kDue, tags});
  const auto found = find(ann, made.id);
  BOOST_TEST_REQUIRE(outcome(found) == "ok");
  for (const model::Task& task : {made, *found}) {
    BOOST_TEST((task.priority == TaskPriority::urgent));
    BOOST_TEST((task.due_at == kDue));
    BOOST_TEST(task.tags == tags, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(each_priority_is_stored) {
  for (const TaskPriority priority : model::kTaskPriorities)
    BOOST_TEST((new_task(ann, {"t", "", TaskStatus::todo, priority}).priority == priority));
}

BOOST_AUTO_TEST_CASE(earliest_and_latest_due_dates_are_stored) {
  for (const char* text : {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59.001Z"}) {
    const Timestamp due = parse_rfc3339(text).value();
    BOOST_TEST((new_task(ann, {"t", "", TaskStatus::todo, TaskPriority::none, due}).due_at == due), text);
  }
}

BOOST_AUTO_TEST_CASE(due_date_is_set_kept_and_removed) {
  const TaskId id = new_task(ann).id;
  TaskChange set;
  set.due_at.emplace(kDue);
  BOOST_TEST((change(ann, id, set)->due_at == kDue));
  TaskChange other;
  other.title = "other";
  BOOST_TEST((change(ann, id, other)->due_at == kDue));
  TaskChange clear;
  clear.due_at.emplace(std::nullopt);
  BOOST_TEST(!change(ann, id, clear)->due_at.has_value());
  BOOST_TEST(change(ann, id, clear)->version == 4);
}

BOOST_AUTO_TEST_CASE(record_names_exactly_the_changed_fields) {
  const TaskId id = new_task(ann, {"t", "d", TaskStatus::todo, TaskPriority::low, kDue, {"a"}}).id;
  clear_audit();
  TaskChange all;
  all.title = "t2";
  all.description = "d2";
  all.status = TaskStatus::done;
  all.priority = TaskPriority::high;
  all.due_at.emplace(std::nullopt);
  all.tags = Tags{"b"};
  BOOST_TEST(outcome(change(ann, id, all)) == "ok");
  // The same change again has no effect.
  BOOST_TEST(change(ann, id, all)->version == 2);
  all.tags = Tags{};
  all.priority = TaskPriority::none;
  BOOST_TEST(outcome(change(ann, id, all)) == "ok");
  Lines changed;
  for (const AuditRow& record : audit()) changed.push_back(record.changed);
  BOOST_TEST(changed == (Lines{"title description status priority due_at tags", "priority tags"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(audit_record_contains_no_user_content) {
  const TaskId id =
      new_task(ann,
               {"s3cret title", "s3cret text", TaskStatus::todo, TaskPriority::low, kDue, {"s3cret tag"}})
          .id;
  TaskChange next;
  next.title = "another s3cret";
  BOOST_TEST(outcome(change(ann, id, next)) == "ok");
  BOOST_TEST(outcome(remove(ann, id)) == "ok");
  BOOST_TEST(outcome(restore(ann, id)) == "ok");
  BOOST_TEST(outcome(erase(ann, id)) == "ok");
  BOOST_TEST(count_rows("audit a where a::text like '%s3cret%'") == 0);
  BOOST_TEST(count_rows("audit") == 5);
}

BOOST_AUTO_TEST_CASE(table_constraints_reject_invalid_values) {
  const std::string id = new_task(ann).id.text();
  for (const char* change : {"priority = 5", "priority = -1", "tags = array['a', null]", "status = 'open'",
                             "tags = array_fill('x'::text, array[21])"}) {
    BOOST_CHECK_THROW(
        execute("update taskward.tasks set " + std::string(change) + " where id = '" + id + "'"),
        db::StatementFailed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
