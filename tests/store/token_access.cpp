// Every function that a personal access token can reach: what it permits, what it refuses, and the record.
#include <functional>

#include "task_fixture.hpp"
#include "taskward/store/access.hpp"
#include "taskward/store/account_changes.hpp"
#include "taskward/store/account_lists.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/audit_search.hpp"
#include "taskward/store/dashboard.hpp"
#include "taskward/store/users.hpp"
#include "token_fixture.hpp"

namespace taskward::testing {
namespace {

using model::Permission;
using model::Role;
using model::Scope;

/// One operation by a token for a route of the scope; `action` is that of its record, empty for none. What
/// only reads records no refusal either: the route does that before it is called.
struct Function {
  const char* name;
  Scope scope;
  const char* action;
  std::function<std::string(const TestToken&, const TaskId&)> call;

  [[nodiscard]] bool records_refusal() const {
    return *action != '\0' || std::string_view(name) == "check_access";
  }
};

struct TokenAccessFixture : TaskFixture {
  std::vector<Function> functions() {
    const auto admin = [](const TestToken& by, Scope scope) {
      return by.access<Permission::administer>(scope);
    };
    return {
        {"insert_task", Scope::tasks_write, "task.create",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::insert_task(service, hints, by.write_access(), new_id<TaskId>(),
                                             {"new", "", {}}, kQuota, {}, stamp()));
         }},
        {"insert_task with a key", Scope::tasks_write, "task.create",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::insert_task(service, hints, by.write_access(), new_id<TaskId>(),
                                             {"new", "", {}}, kQuota, new_key(), stamp()));
         }},
        {"find_task", Scope::tasks_read, "",
         [this](const TestToken& by, const TaskId& id) {
           return outcome(store::find_task(service, by.read_access(), id));
         }},
        {"list_tasks", Scope::tasks_read, "",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::list_tasks(service, hints, by.read_access(), {{}, 20, 0, {}, {}}));
         }},
        {"apply_batch", Scope::tasks_write, "task.update",
         [this](const TestToken& by, const TaskId& id) {
           model::BatchUpdate update;
           update.id = id;
           update.title = "new";
           return outcome(store::apply_batch(service, by.write_access(), {{}, {update}, {}}, {},
                                             new_ids<AuditId>(2), kQuota, {}, origin));
         }},
        {"apply_batch with a key", Scope::tasks_write, "task.update",
         [this](const TestToken& by, const TaskId& id) {
           model::BatchUpdate update;
           update.id = id;
           update.title = "newer";
           return outcome(store::apply_batch(service, by.write_access(), {{}, {update}, {}}, {},
                                             new_ids<AuditId>(2), kQuota, new_key(), origin));
         }},
        {"insert_tasks", Scope::tasks_write, "task.create",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::insert_tasks(
               service, by.write_access(), std::vector<model::ImportedTask>{{{"new", "", {}}, {}, {}}},
               new_ids<TaskId>(1), new_ids<AuditId>(2), kQuota, {}, clock.now(), origin));
         }},
        {"insert_tasks with a key", Scope::tasks_write, "task.create",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::insert_tasks(
               service, by.write_access(), std::vector<model::ImportedTask>{{{"new", "", {}}, {}, {}}},
               new_ids<TaskId>(1), new_ids<AuditId>(2), kQuota, new_key(), clock.now(), origin));
         }},
        {"export_tasks", Scope::tasks_read, "task.export",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::export_tasks(service, by.read_access(), {}, 10, stamp()));
         }},
        {"export_tasks further", Scope::tasks_read, "",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::export_tasks(service, by.read_access(), new_id<TaskId>(), 10, stamp()));
         }},
        {"update_task", Scope::tasks_write, "task.update",
         [this](const TestToken& by, const TaskId& id) {
           return outcome(
               store::update_task(service, by.write_access(), id, {"newest", {}, {}}, {}, stamp()));
         }},
        {"delete_task", Scope::tasks_write, "task.delete",
         [this](const TestToken& by, const TaskId& id) {
           return outcome(
               store::delete_task(service, by.write_access(), id, {}, kQuota, new_id<AuditId>(), stamp()));
         }},
        {"erase_task", Scope::tasks_write, "task.erase",
         [this](const TestToken& by, const TaskId& id) {
           return outcome(store::erase_task(service, by.write_access(), id, {}, stamp()));
         }},
        {"restore_task", Scope::tasks_write, "task.restore",
         [this](const TestToken& by, const TaskId& id) {
           execute("update taskward.tasks set deleted_at = now() where id = '" + id.text() + "'");
           const std::string restored =
               outcome(store::restore_task(service, by.write_access(), id, {}, kQuota, stamp()));
           execute("update taskward.tasks set deleted_at = null where id = '" + id.text() + "'");
           return restored;
         }},
        {"find_own_profile", Scope::profile_read, "",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::find_own_profile(service, by.profile_access()));
         }},
        {"list_activity", Scope::profile_read, "",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::list_activity(service, by.profile_access(), 10, std::nullopt));
         }},
        {"insert_account", Scope::admin_write, "account.register",
         [=, this](const TestToken& by, const TaskId&) {
           return outcome(store::insert_account(
               service, admin(by, Scope::admin_write),
               {new_id<UserId>(), std::nullopt, "u" + new_id<UserId>().text(), "a hash", Role::user},
               stamp()));
         }},
        {"list_accounts", Scope::admin_read, "account.list",
         [=, this](const TestToken& by, const TaskId&) {
           const auto access = admin(by, Scope::admin_read);
           return outcome(store::list_accounts(service, access, {{}, 10}, stamp()));
         }},
        {"read_account", Scope::admin_read, "account.read",
         [=, this](const TestToken& by, const TaskId&) {
           const auto access = admin(by, Scope::admin_read);
           return outcome(store::read_account(service, access, bob.user, stamp()));
         }},
        {"list_tokens_of", Scope::admin_read, "account.read",
         [=, this](const TestToken& by, const TaskId&) {
           const auto access = admin(by, Scope::admin_read);
           return outcome(store::list_tokens_of(service, access, bob.user, stamp()));
         }},
        {"change_account", Scope::admin_write, "account.change",
         [=, this](const TestToken& by, const TaskId&) {
           const auto access = admin(by, Scope::admin_write);
           store::AccountChangeOrder order;
           order.user = bob.user;
           order.change.name = new_id<UserId>().text();
           return outcome(store::change_account(service, access, order, stamp()));
         }},
        {"delete_account", Scope::admin_write, "account.delete",
         [=, this](const TestToken& by, const TaskId&) {
           const auto access = admin(by, Scope::admin_write);
           return outcome(store::delete_account(service, access, new_user().user, stamp()));
         }},
        {"read_dashboard", Scope::admin_read, "dashboard.read",
         [=, this](const TestToken& by, const TaskId&) {
           return outcome(store::read_dashboard(service, admin(by, Scope::admin_read), stamp()));
         }},
        {"search_audit", Scope::admin_read, "audit.read",
         [=, this](const TestToken& by, const TaskId&) {
           return outcome(store::search_audit(service, admin(by, Scope::admin_read), {{}, 10},
                                              {model::AuditAction::audit_read}, stamp()));
         }},
        {"check_access", Scope::tasks_write, "",
         [this](const TestToken& by, const TaskId&) {
           return outcome(store::check_access(service, by.write_access(), stamp()));
         }},
    };
  }

  /// A token of a new user with a task.
  struct Caller {
    TestUser who;
    TestToken token;
    TaskId task;
  };
  Caller caller(Role role, const std::string& scopes = every_scope()) {
    const TestUser who = new_user(Role::user);
    const TaskId task = new_task(who).id;
    set_role(who, role);
    const TestToken token = new_token_of(*this, who.user, scopes);
    clear_audit();
    return {who, token, task};
  }
  /// Each record's action and token.
  Lines tokens_of_records() {
    const db::Rows rows =
        owner.query("select action || ' ' || coalesce(token_id::text, '-') from taskward.audit order by at",
                    db::Params());
    Lines out;
    for (std::size_t r = 0; r < rows.size(); ++r) out.push_back(rows.row(r).text());
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(token_access, TokenAccessFixture)

BOOST_AUTO_TEST_CASE(token_permits_what_its_scope_and_the_role_permit, *boost::unit_test::label("slow")) {
  for (const Role role : model::kRoles) {
    for (const Function& function : functions()) {
      for (const Scope scope : model::kScopes) {
        BOOST_TEST_CONTEXT(model::name(role) << ' ' << function.name << " with " << model::name(scope)) {
          const auto [who, token, task] = caller(role, '{' + std::string(model::name(scope)) + '}');
          const bool permitted =
              scope == function.scope && model::holds(role, model::permission_of(function.scope));
          BOOST_TEST(function.call(token, task) == (permitted ? "ok" : "forbidden"));
          const bool is_recorded = permitted ? *function.action != '\0' : function.records_refusal();
          const std::string action = permitted ? function.action : "access.denied";
          const Lines expected = is_recorded ? Lines{action + ' ' + token.id.text()} : Lines{};
          BOOST_TEST(tokens_of_records() == expected, boost::test_tools::per_element());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(token_that_is_not_live_is_refused_without_a_trace) {
  const auto set = [this](const TestToken& token, const std::string& what) {
    execute("update taskward.personal_tokens set " + what + " where id = '" + token.id.text() + "'");
  };
  const std::vector<std::pair<const char*, std::function<void(Caller&)>>> ends{
      {"revoked", [&](Caller& by) { set(by.token, "revoked_at = now()"); }},
      {"expired", [&](Caller& by) { set(by.token, "expires_at = now()"); }},
      {"deactivated", [&](Caller& by) { deactivate(by.who); }},
      {"account deleted",
       [&](Caller& by) { execute("delete from taskward.users where id = '" + by.who.user.text() + "'"); }},
      {"unknown token", [&](Caller& by) { by.token.id = new_id<PersonalTokenId>(); }},
      {"token of another user", [&](Caller& by) { by.token.id = new_token_of(*this, bob.user).id; }},
      {"the session's id", [&](Caller& by) { by.token.id.uuid = by.who.session.uuid; }},
  };
  for (const auto& [how, end] : ends) {
    for (const Function& function : functions()) {
      BOOST_TEST_CONTEXT(how << ' ' << function.name) {
        Caller by = caller(Role::admin);
        end(by);
        clear_audit();
        BOOST_TEST(function.call(by.token, by.task) == "invalid_token");
        BOOST_TEST(audit().empty());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(token_id_is_no_session) {
  const auto [who, token, task] = caller(Role::user);
  TestUser with_token = who;
  with_token.session.uuid = token.id.uuid;
  BOOST_TEST(outcome(store::find_own_profile(service, with_token.profile_access())) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(session_and_token_run_the_same_statement_on_one_connection) {
  const auto [who, token, task] = caller(Role::user);
  for (const auto preparation : {db::Preparation::on_first_use, db::Preparation::each_time}) {
    const auto connection = connect(preparation);
    for (int i = 0; i < 3; ++i) {
      BOOST_TEST(outcome(store::find_task(*connection, who.read_access(), task)) == "ok");
      BOOST_TEST(outcome(store::find_task(*connection, token.read_access(), task)) == "ok");
    }
    BOOST_TEST(
        connection
            ->query("select count(*) from pg_prepared_statements where name like 'find_task%'", db::Params())
            .row(0)
            .number() == (preparation == db::Preparation::on_first_use ? 2 : 0));
  }
}

BOOST_AUTO_TEST_CASE(refusal_records_the_missing_scope_or_the_action) {
  const auto [who, token, task] = caller(Role::user, "{tasks:read}");
  store::RefusedRequest request{{}, "task", task.uuid};
  request.lacks_scope = true;
  BOOST_TEST(outcome(store::check_access(service, token.write_access(), stamp(), request)) == "forbidden");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "access.denied denied tasks:write");
  BOOST_TEST(records[0].object == task.text());
  BOOST_TEST(records[0].actor == who.user.text());
}

BOOST_AUTO_TEST_CASE(audit_record_is_searched_by_token) {
  const auto [who, token, task] = caller(Role::user);
  const TestUser boss = new_user(Role::admin);
  for (const TestToken& by : {token, new_token_of(*this, who.user)}) {
    BOOST_TEST(outcome(store::update_task(service, by.write_access(), task, {by.id.text(), {}, {}}, {},
                                          stamp())) == "ok");
  }
  model::AuditFilter filter;
  filter.token = token.id;
  const store::AuditSearch search{filter, 10};
  const auto found =
      store::search_audit(service, boss.admin_access(), search, {model::AuditAction::audit_read}, stamp());
  BOOST_TEST_REQUIRE(outcome(found) == "ok");
  BOOST_TEST_REQUIRE(found->records.size() == 1U);
  BOOST_TEST((found->records.front().token_id == token.id));
}

BOOST_AUTO_TEST_CASE(activity_shows_the_own_tokens_only) {
  const TestUser boss = new_user(Role::admin);
  const TestToken of_boss = new_token_of(*this, boss.user);
  const auto access = of_boss.access<Permission::administer>(Scope::admin_read);
  BOOST_TEST(outcome(store::read_account(service, access, ann.user, stamp())) == "ok");
  const auto token_of = [&](const TestUser& who) {
    const auto events = store::list_activity(service, who.profile_access(), 10, std::nullopt);
    BOOST_TEST_REQUIRE(outcome(events) == "ok");
    BOOST_TEST_REQUIRE(events->size() == 1U);
    return events->front().token_id;
  };
  BOOST_TEST(!token_of(ann));
  BOOST_TEST((token_of(boss) == of_boss.id));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
