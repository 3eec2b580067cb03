// Every function for every role: the outcome, that a refusal changes nothing, and the audit record.
#include <functional>

#include "task_fixture.hpp"
#include "taskward/store/users.hpp"

namespace taskward::testing {
namespace {

using model::Permission;
using model::Role;

/// One operation; `success_action` is the audit action of a success, empty when none is recorded.
struct Function {
  const char* name;
  Permission permission;
  const char* success_action;
  std::function<std::string(const TestUser&, const TaskId&)> call;
};

struct AccessFixture : TaskFixture {
  std::vector<Function> functions() {
    return {
        {"insert_task", Permission::write_tasks, "task.create",
         [this](const TestUser& who, const TaskId&) {
           return outcome(store::insert_task(service, hints, who.write_access(), new_id<TaskId>(),
                                             {"new", "", {}}, kQuota, {}, stamp()));
         }},
        {"find_task", Permission::read_tasks, "",
         [this](const TestUser& who, const TaskId& id) { return outcome(find(who, id)); }},
        {"list_tasks", Permission::read_tasks, "",
         [this](const TestUser& who, const TaskId&) { return outcome(list(who)); }},
        {"list_tasks by status", Permission::read_tasks, "",
         [this](const TestUser& who, const TaskId&) {
           return outcome(list(who, {{}, {model::TaskStatus::done}}));
         }},
        {"list_tasks by words", Permission::read_tasks, "",
         [this](const TestUser& who, const TaskId&) { return search_outcome(who); }},
        {"insert_task with a key", Permission::write_tasks, "task.create",
         [this](const TestUser& who, const TaskId&) {
           return outcome(store::insert_task(service, hints, who.write_access(), new_id<TaskId>(),
                                             {"new", "", {}}, kQuota, new_key(), stamp()));
         }},
        {"apply_batch", Permission::write_tasks, "task.update",
         [this](const TestUser& who, const TaskId& id) {
           model::BatchUpdate update;
           update.id = id;
           update.title = "new";
           return outcome(batch(who, {{}, {update}, {}}));
         }},
        {"apply_batch with a key", Permission::write_tasks, "task.update",
         [this](const TestUser& who, const TaskId& id) {
           model::BatchUpdate update;
           update.id = id;
           update.title = "new";
           return outcome(batch(who, {{}, {update}, {}}, kQuota, new_key()));
         }},
        {"insert_tasks", Permission::write_tasks, "task.create",
         [this](const TestUser& who, const TaskId&) {
           return outcome(import(who, {{{"new", "", {}}, {}, {}}}));
         }},
        {"export_tasks", Permission::read_tasks, "task.export",
         [this](const TestUser& who, const TaskId&) {
           return outcome(store::export_tasks(service, who.read_access(), {}, 10, stamp()));
         }},
        {"export_tasks further", Permission::read_tasks, "",
         [this](const TestUser& who, const TaskId&) {
           return outcome(store::export_tasks(service, who.read_access(), new_id<TaskId>(), 10, stamp()));
         }},
        {"update_task", Permission::write_tasks, "task.update",
         [this](const TestUser& who, const TaskId& id) {
           return outcome(change(who, id, {"new", {}, {}}));
         }},
        {"delete_task", Permission::write_tasks, "task.delete",
         [this](const TestUser& who, const TaskId& id) { return outcome(remove(who, id)); }},
        {"erase_task", Permission::write_tasks, "task.erase",
         [this](const TestUser& who, const TaskId& id) { return outcome(erase(who, id)); }},
        {"restore_task", Permission::write_tasks, "task.restore",
         [this](const TestUser& who, const TaskId& id) {
           execute("update taskward.tasks set deleted_at = now() where id = '" + id.text() + "'");
           const std::string restored = outcome(restore(who, id));
           execute("update taskward.tasks set deleted_at = null where id = '" + id.text() + "'");
           return restored;
         }},
        {"find_own_profile", Permission::own_profile, "",
         [this](const TestUser& who, const TaskId&) {
           return outcome(store::find_own_profile(service, who.profile_access()));
         }},
        {"insert_account", Permission::administer, "account.register",
         [this](const TestUser& who, const TaskId&) {
           return outcome(store::insert_account(
               service, who.admin_access(),
               {new_id<UserId>(), std::nullopt, "u" + new_id<UserId>().text(), "a hash", Role::admin},
               stamp()));
         }},
        {"revoke_sessions", Permission::own_profile, "session.logout",
         [this](const TestUser& who, const TaskId&) {
           return outcome(
               store::revoke_sessions(service, who.profile_access(), model::LogoutScope::session, stamp()));
         }},
    };
  }

  /// A user with a task.
  struct Caller {
    TestUser who;
    TaskId task;
  };
  Caller caller(Role role) {
    Caller out{new_user(Role::user), {}};
    out.task = new_task(out.who).id;
    set_role(out.who, role);
    clear_audit();
    return out;
  }

  std::string search_outcome(const TestUser& who) {
    const std::string found = titles(who, words("task"));
    return found == "a task" ? "ok" : found;
  }

  std::string dump_state() {
    return all_tasks() + text("select string_agg(u::text, ' ' order by id) from taskward.users u") +
           text(
               "select coalesce(string_agg(s::text, ' ' order by user_id, id), '') from taskward.sessions s");
  }
};

BOOST_FIXTURE_TEST_SUITE(access, AccessFixture)

BOOST_AUTO_TEST_CASE(permissions_follow_the_role) {
  for (const Role role : model::kRoles) {
    for (const Function& function : functions()) {
      BOOST_TEST_CONTEXT(model::name(role) << ' ' << function.name) {
        const auto [who, task] = caller(role);
        const std::string before = dump_state();
        const bool permitted = model::holds(role, function.permission);
        BOOST_TEST(function.call(who, task) == (permitted ? "ok" : "forbidden"));
        if (!permitted) BOOST_TEST(dump_state() == before);
        const auto records = audit();
        const std::string action = permitted ? function.success_action : "access.denied";
        BOOST_TEST_REQUIRE(records.size() == (action.empty() ? 0U : 1U));
        if (action.empty()) continue;
        BOOST_TEST(records[0].action == action);
        BOOST_TEST(records[0].outcome == (permitted ? "success" : "denied"));
        if (!permitted) BOOST_TEST(records[0].reason == function.success_action);
        const std::string called(function.name);
        if (called == "update_task" || called == "delete_task" || called == "erase_task" ||
            called == "restore_task") {
          BOOST_TEST(records[0].object_type == "task");
          BOOST_TEST(records[0].object == task.text());
        }
        BOOST_TEST(records[0].actor == who.user.text());
        BOOST_TEST(records[0].actor_role == model::name(role));
        BOOST_TEST(records[0].request == "request-1");
        BOOST_TEST(records[0].address == "192.0.2.7");
        BOOST_TEST(records[0].agent == "a test");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(ended_session_or_account_is_refused_without_a_trace) {
  const std::vector<std::pair<const char*, std::function<void(TestUser&)>>> ends{
      {"session revoked", [&](TestUser& who) { revoke(who); }},
      {"session expired", [&](TestUser& who) { expire(who); }},
      {"deactivated", [&](TestUser& who) { deactivate(who); }},
      {"account deleted",
       [&](TestUser& who) { execute("delete from taskward.users where id = '" + who.user.text() + "'"); }},
      {"unknown session", [&](TestUser& who) { who.session = new_id<SessionId>(); }},
      {"another user's session", [&](TestUser& who) { who.session = bob.session; }},
  };
  for (const auto& [how, end] : ends) {
    for (const Function& function : functions()) {
      BOOST_TEST_CONTEXT(how << ' ' << function.name) {
        auto [who, task] = caller(Role::admin);
        end(who);
        const std::string before = dump_state();
        BOOST_TEST(function.call(who, task) == "invalid_token");
        BOOST_TEST(dump_state() == before);
        BOOST_TEST(audit().empty());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(task_of_another_owner_is_not_found) {
  const model::Task bobs = new_task(bob, "bobs");
  for (const Role role : {Role::user, Role::admin}) {
    const auto [who, own] = caller(role);
    const std::string before = dump_state();
    for (const TaskId& id : {bobs.id, new_id<TaskId>()}) {
      BOOST_TEST(outcome(find(who, id)) == "not_found");
      BOOST_TEST(outcome(change(who, id, {"mine now", {}, {}})) == "not_found");
      BOOST_TEST(outcome(remove(who, id)) == "not_found");
      BOOST_TEST(outcome(erase(who, id)) == "not_found");
      BOOST_TEST(outcome(restore(who, id)) == "not_found");
    }
    BOOST_TEST(dump_state() == before);
    BOOST_TEST(audit().empty());
    auto listed = list(who);
    BOOST_TEST_REQUIRE(listed->tasks.size() == 1U);
    BOOST_TEST((listed->tasks.front().id == own));
  }
}

BOOST_AUTO_TEST_CASE(guest_cannot_learn_whether_a_task_exists) {
  const auto [guest, own] = caller(Role::guest);
  const model::Task bobs = new_task(bob);
  for (const TaskId& id : {own, bobs.id, new_id<TaskId>()}) {
    BOOST_TEST(outcome(change(guest, id, {"x", {}, {}})) == "forbidden");
    BOOST_TEST(outcome(remove(guest, id)) == "forbidden");
  }
}

BOOST_AUTO_TEST_CASE(tasks_of_two_owners_may_share_an_id) {
  const TaskId id = new_id<TaskId>();
  for (const TestUser& who : {ann, bob}) {
    BOOST_TEST_REQUIRE(outcome(store::insert_task(service, hints, who.write_access(), id, {"same", "", {}},
                                                  kQuota, {}, stamp())) == "ok");
  }
  BOOST_TEST_REQUIRE(outcome(change(ann, id, {"anns", {}, {}})) == "ok");
  BOOST_TEST(find(bob, id)->title == "same");
  BOOST_TEST_REQUIRE(outcome(remove(ann, id)) == "ok");
  BOOST_TEST(outcome(find(bob, id)) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
