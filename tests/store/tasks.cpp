// Creating, finding, changing and deleting tasks.
#include "task_fixture.hpp"

namespace taskward::testing {
namespace {

using model::TaskChange;
using model::TaskStatus;

BOOST_FIXTURE_TEST_SUITE(tasks, TaskFixture)

BOOST_AUTO_TEST_CASE(task_is_created_as_requested) {
  const TaskId id = new_id<TaskId>();
  auto made = store::insert_task(service, hints, ann.write_access(), id,
                                 {"t\xc3\xaatre", "l1\nl2", TaskStatus::in_progress}, kQuota, {}, stamp());
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST((made->id == id));
  BOOST_TEST(made->title == "t\xc3\xaatre");
  BOOST_TEST(made->description == "l1\nl2");
  BOOST_TEST((made->status == TaskStatus::in_progress));
  BOOST_TEST(made->version == 1);
  BOOST_TEST((made->created_at == made->updated_at));
  BOOST_TEST(!made->completed_at.has_value());
  BOOST_TEST((std::chrono::abs(made->created_at - clock.now()) < std::chrono::seconds(60)));
}

BOOST_AUTO_TEST_CASE(created_task_is_found_unchanged) {
  const model::Task made = new_task(ann, "one");
  new_task(ann, "another");
  auto found = find(ann, made.id);
  BOOST_TEST_REQUIRE(outcome(found) == "ok");
  BOOST_TEST((found->id == made.id));
  BOOST_TEST(found->title == "one");
  BOOST_TEST(found->description == "as described");
  BOOST_TEST((found->created_at == made.created_at));
}

BOOST_AUTO_TEST_CASE(task_created_as_done_is_completed_at_creation) {
  const model::Task made = new_task(ann, "one", TaskStatus::done);
  BOOST_TEST_REQUIRE(made.completed_at.has_value());
  BOOST_TEST((*made.completed_at == made.created_at));
}

BOOST_AUTO_TEST_CASE(only_present_fields_change) {
  const model::Task made = new_task(ann);
  auto changed = change(ann, made.id, {"new title", std::nullopt, std::nullopt});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(changed->title == "new title");
  BOOST_TEST(changed->description == "as described");
  BOOST_TEST((changed->status == TaskStatus::todo));
  BOOST_TEST(changed->version == 2);
  BOOST_TEST((changed->created_at == made.created_at));
  BOOST_TEST((changed->updated_at > made.updated_at));
  changed = change(ann, made.id, {std::nullopt, "", std::nullopt});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(changed->title == "new title");
  BOOST_TEST(changed->description.empty());
  BOOST_TEST(changed->version == 3);
  auto found = find(ann, made.id);
  BOOST_TEST(found->title == "new title");
  BOOST_TEST(found->version == 3);
}

BOOST_AUTO_TEST_CASE(change_without_effect_keeps_version_time_and_audit_record) {
  const model::Task made = new_task(ann);
  const std::string before = all_tasks();
  clear_audit();
  for (const TaskChange& nothing : {TaskChange{}, TaskChange{"a task", "as described", TaskStatus::todo},
                                    TaskChange{"a task", std::nullopt, std::nullopt}}) {
    auto same = change(ann, made.id, nothing);
    BOOST_TEST_REQUIRE(outcome(same) == "ok");
    BOOST_TEST(same->version == 1);
    BOOST_TEST(same->title == "a task");
  }
  BOOST_TEST(all_tasks() == before);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(record_names_exactly_the_changed_fields) {
  const model::Task made = new_task(ann);
  clear_audit();
  BOOST_TEST_REQUIRE(outcome(change(ann, made.id, {"x", std::nullopt, std::nullopt})) == "ok");
  BOOST_TEST_REQUIRE(outcome(change(ann, made.id, {"x", "y", std::nullopt})) == "ok");
  BOOST_TEST_REQUIRE(outcome(change(ann, made.id, {"z", "y", TaskStatus::done})) == "ok");
  BOOST_TEST_REQUIRE(outcome(change(ann, made.id, {"a", "b", TaskStatus::todo})) == "ok");
  Lines changed;
  for (const AuditRow& record : audit()) changed.push_back(record.changed);
  BOOST_TEST(changed == (Lines{"title", "description", "title status", "title description status"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(completion_follows_the_status) {
  const model::Task made = new_task(ann);
  const auto to = [&](TaskStatus status) {
    return change(ann, made.id, {std::nullopt, std::nullopt, status});
  };
  auto done = to(TaskStatus::done);
  BOOST_TEST_REQUIRE(outcome(done) == "ok");
  BOOST_TEST_REQUIRE(done->completed_at.has_value());
  BOOST_TEST((*done->completed_at == done->updated_at));
  auto renamed = change(ann, made.id, {"renamed", std::nullopt, std::nullopt});
  BOOST_TEST((renamed->completed_at == done->completed_at));
  BOOST_TEST(!to(TaskStatus::in_progress)->completed_at.has_value());
  BOOST_TEST((to(TaskStatus::done)->completed_at > done->completed_at));
}

BOOST_AUTO_TEST_CASE(deleted_task_is_not_found) {
  const model::Task made = new_task(ann);
  const model::Task other = new_task(ann);
  BOOST_TEST(outcome(remove(ann, made.id)) == "ok");
  BOOST_TEST(outcome(find(ann, made.id)) == "not_found");
  BOOST_TEST(outcome(remove(ann, made.id)) == "not_found");
  BOOST_TEST(outcome(change(ann, made.id, {"x", {}, {}})) == "not_found");
  BOOST_TEST(outcome(find(ann, other.id)) == "ok");
}

BOOST_AUTO_TEST_CASE(each_action_has_exactly_one_record_with_its_request) {
  const model::Task made = new_task(ann);
  BOOST_TEST_REQUIRE(outcome(change(ann, made.id, {"x", {}, {}})) == "ok");
  BOOST_TEST_REQUIRE(outcome(find(ann, made.id)) == "ok");
  BOOST_TEST_REQUIRE(outcome(remove(ann, made.id)) == "ok");
  BOOST_TEST(
      audit_lines() == (Lines{"task.create success -", "task.update success -", "task.delete success -"}),
      boost::test_tools::per_element());
  for (const AuditRow& record : audit()) {
    BOOST_TEST(record.actor == ann.user.text());
    BOOST_TEST(record.actor_role == "user");
    BOOST_TEST(record.object_type == "task");
    BOOST_TEST(record.object == made.id.text());
    BOOST_TEST(record.request == "request-1");
    BOOST_TEST(record.address == "192.0.2.7");
    BOOST_TEST(record.agent == "a test");
  }
}

BOOST_AUTO_TEST_CASE(failed_statement_leaves_neither_change_nor_record) {
  const model::Task made = new_task(ann);
  const std::string before = all_tasks();
  clear_audit();
  BOOST_CHECK_THROW(static_cast<void>(store::insert_task(service, hints, ann.write_access(), made.id,
                                                         {"again", "", {}}, kQuota, {}, stamp())),
                    db::StatementFailed);
  BOOST_TEST_REQUIRE(
      outcome(store::update_task(service, ann.write_access(), made.id, {"x", {}, {}}, {}, stamp())) == "ok");
  const std::string after = all_tasks();
  // Only the audit record is invalid; the change must fail with it.
  model::AuditStamp unfit = stamp();
  unfit.origin.client_address = "no address";
  BOOST_CHECK_THROW(
      static_cast<void>(store::update_task(service, ann.write_access(), made.id, {"y", {}, {}}, {}, unfit)),
      db::StatementFailed);
  BOOST_CHECK_THROW(static_cast<void>(store::delete_task(service, ann.write_access(), made.id, {}, kQuota,
                                                         new_id<AuditId>(), unfit)),
                    db::StatementFailed);
  BOOST_TEST(before != after);
  BOOST_TEST(all_tasks() == after);
  BOOST_TEST(audit().size() == 1U);
}

BOOST_AUTO_TEST_CASE(database_enforces_the_limits) {
  const auto refused = [&](const std::string& set) {
    BOOST_TEST_CONTEXT(set.substr(0, 40)) {
      BOOST_CHECK_EXCEPTION(execute("update taskward.tasks set " + set), db::StatementFailed,
                            [](const db::StatementFailed& failure) { return failure.sqlstate() == "23514"; });
    }
  };
  new_task(ann);
  execute(
      "update taskward.tasks set title = repeat('\xc3\xa4', 200), description = repeat('\xc3\xa4', 10000)");
  refused("title = repeat('a', 201)");
  refused("title = ''");
  refused("description = repeat('a', 10001)");
  refused("status = 'other'");
  refused("status = 'done'");
  refused("completed_at = now()");
  BOOST_CHECK_THROW(new_task(ann, std::string(201, 'a')), db::StatementFailed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
