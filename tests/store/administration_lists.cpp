// What administrators read: the account list, one account, the dashboard. Each read is recorded.
#include <set>

#include "administration_fixture.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::testing {
namespace {

using domain::AccountQuery;
using model::AccountState;
using model::Role;

struct ListFixture : AdministrationFixture {
  static AccountQuery where(const model::AccountFilter& filter) { return {.filter = filter, .limit = 100}; }
  Lines found(const std::string& text) { return usernames(where({.text = text})); }

  void task(const TestUser& who, const std::string& status, bool trashed = false) {
    execute("insert into taskward.tasks (owner_id, id, title, status, completed_at, deleted_at) values ('" +
            who.user.text() + "', '" + new_id<TaskId>().text() + "', 'Tea', '" + status + "', " +
            (status == "done" ? "now()" : "null") + ", " + (trashed ? "now()" : "null") + ")");
  }
};

BOOST_FIXTURE_TEST_SUITE(administration_lists, ListFixture)

BOOST_AUTO_TEST_CASE(accounts_are_found_by_part_of_any_name_in_any_case) {
  register_user("ann");
  register_user("bob");
  execute("update taskward.users set name = 'Zoë O''Neil 100%_\\' where username = 'bob'");
  BOOST_TEST(found("ANN") == Lines{"ann"}, boost::test_tools::per_element());
  BOOST_TEST(found("b@EXAMPLE") == Lines{"bob"}, boost::test_tools::per_element());
  BOOST_TEST(found("zoë o'n") == Lines{"bob"}, boost::test_tools::per_element());
  BOOST_TEST(found("example.com") == (Lines{"bob", "ann"}), boost::test_tools::per_element());
  // The wildcards of LIKE match only themselves.
  BOOST_TEST(found("0%_\\") == Lines{"bob"}, boost::test_tools::per_element());
  for (const char* text : {"a%n", "b_b", "%%", "\\\\", "nobody"}) BOOST_TEST(found(text).empty(), text);
  BOOST_TEST(found("%") == Lines{"bob"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(accounts_are_filtered_by_role_and_state) {
  register_user("ann");
  register_user("guest", Role::guest);
  const UserId gone = register_user("gone");
  register_user("locked");
  lock_name("locked");
  lock_name("nobody");
  lock_name("gone");
  BOOST_TEST(outcome(change(gone, {.is_active = false})) == "ok");
  const auto of = [&](std::vector<Role> roles, std::vector<AccountState> states) {
    return usernames(where({.roles = std::move(roles), .states = std::move(states)}));
  };
  BOOST_TEST(of({Role::guest}, {}) == Lines{"guest"}, boost::test_tools::per_element());
  BOOST_TEST(of({Role::guest, Role::admin}, {}) == (Lines{"guest", "boss"}),
             boost::test_tools::per_element());
  BOOST_TEST(of({}, {AccountState::locked}) == Lines{"locked"}, boost::test_tools::per_element());
  BOOST_TEST(of({}, {AccountState::inactive}) == Lines{"gone"}, boost::test_tools::per_element());
  BOOST_TEST(of({Role::user}, {AccountState::active}) == Lines{"ann"}, boost::test_tools::per_element());
  BOOST_TEST(of({Role::user}, {AccountState::active, AccountState::locked}) == (Lines{"locked", "ann"}),
             boost::test_tools::per_element());
  BOOST_TEST(of({}, {}).size() == 5U);
}

BOOST_AUTO_TEST_CASE(pages_have_no_gaps_while_accounts_are_created) {
  std::set<std::string> wanted{boss.user.text()};
  for (int i = 0; i < 11; ++i) wanted.insert(new_user().user.text());
  // Accounts of one import have the same creation time.
  execute("update taskward.users set created_at = '2026-01-01' where role = 'user'");
  std::set<std::string> seen;
  AccountQuery query{.filter = {}, .limit = 3};
  query.total = store::AccountListing::Total::count;
  int pages = 0;
  for (;; ++pages) {
    const auto page = list(query);
    BOOST_TEST_REQUIRE(outcome(page) == "ok");
    BOOST_TEST(page->total.value() == 12 + pages);
    for (const auto& one : page->accounts) BOOST_TEST(seen.insert(one.id.text()).second);
    if (!page->next_cursor) break;
    query.cursor = page->next_cursor;
    new_user();
  }
  BOOST_TEST(pages == 3);
  BOOST_TEST(seen == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(cursor_is_bound_to_its_filter_and_caller) {
  for (int i = 0; i < 3; ++i) new_user();
  const auto first = list({.filter = {.roles = {Role::user, Role::guest}}, .limit = 1});
  BOOST_TEST_REQUIRE(outcome(first) == "ok");
  const auto with = [&](const model::AccountFilter& filter, const std::string& cursor) {
    return outcome(list({.filter = filter, .limit = 1, .cursor = cursor}));
  };
  const std::string cursor = first->next_cursor.value();
  BOOST_TEST(with({.roles = {Role::guest, Role::user}}, cursor) == "ok");
  BOOST_TEST(with({.roles = {Role::user}}, cursor) == "validation_failed");
  BOOST_TEST(with({.text = "x", .roles = {Role::guest, Role::user}}, cursor) == "validation_failed");
  for (const std::string& forged : {std::string(), std::string("x"), cursor + "A", "A" + cursor.substr(1)})
    BOOST_TEST(with({.roles = {Role::guest, Role::user}}, forged) == "validation_failed", forged);
  const auto other = new_user(Role::admin).admin_access();
  BOOST_TEST(outcome(domain::list_accounts(
                 resources, other,
                 {.filter = {.roles = {Role::guest, Role::user}}, .limit = 1, .cursor = cursor}, origin)) ==
             "validation_failed");
}

BOOST_AUTO_TEST_CASE(empty_result_is_a_valid_page) {
  AccountQuery query = where({.text = "nobody has this"});
  query.total = store::AccountListing::Total::count;
  const auto page = list(query);
  BOOST_TEST_REQUIRE(outcome(page) == "ok");
  BOOST_TEST(page->accounts.empty());
  BOOST_TEST(page->total.value() == 0);
  BOOST_TEST(!page->next_cursor.has_value());
}

BOOST_AUTO_TEST_CASE(account_detail_includes_sessions_tasks_and_events) {
  const TestUser ann = new_user(Role::user, "ann");
  const TestUser second = new_session(ann);
  expire(new_session(ann));
  task(ann, "todo");
  task(ann, "todo");
  task(ann, "in_progress");
  task(ann, "done");
  task(ann, "done", true);
  task(boss, "todo");
  BOOST_TEST(outcome(store::change_profile(service, second.profile_access(), {"Ann", {}}, stamp())) == "ok");
  const auto seen = read_account(ann.user);
  BOOST_TEST_REQUIRE(outcome(seen) == "ok");
  BOOST_TEST(seen->username.value() == "ann");
  BOOST_TEST(seen->name.value() == "Ann");
  BOOST_TEST((seen->state() == AccountState::active));
  BOOST_TEST(seen->live_sessions == 2);
  BOOST_TEST(seen->tasks.todo == 2);
  BOOST_TEST(seen->tasks.in_progress == 1);
  BOOST_TEST(seen->tasks.done == 1);
  BOOST_TEST(seen->tasks.trash == 1);
  BOOST_TEST(!seen->last_login_at.has_value());
  BOOST_TEST(seen->events == 1);
  // The read itself is an event of the account.
  BOOST_TEST(read_account(ann.user)->events == 2);
  BOOST_TEST(outcome(change(ann.user, {.is_active = false})) == "ok");
  BOOST_TEST(read_account(ann.user)->live_sessions == 0);
}

BOOST_AUTO_TEST_CASE(last_login_is_recorded_for_every_login_method) {
  const UserId ann = register_user("ann");
  const auto last = [&](const UserId& user) { return read_account(user)->last_login_at; };
  BOOST_TEST(!last(ann).has_value());
  static_cast<void>(log_in("ann", "wrong"));
  BOOST_TEST(!last(ann).has_value());
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  const auto first = last(ann);
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST(code_login_outcome("ann@example.com", with_challenge(login_code("ann@example.com"))) == "ok");
  BOOST_TEST((last(ann).value() > *first));
  const auto made = code_login("new@example.com", with_challenge(login_code("new@example.com")));
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST(last(made->user.id).has_value());
}

BOOST_AUTO_TEST_CASE(dashboard_counts_accounts_tasks_sessions_and_mail) {
  const TestUser ann = new_user(Role::user, "ann");
  new_user(Role::guest);
  deactivate(new_user(Role::user));
  register_user("locked");
  lock_name("locked");
  lock_name("nobody");
  static_cast<void>(log_in("boss", "wrong"));
  revoke(new_session(ann));
  task(ann, "todo");
  task(ann, "in_progress");
  task(boss, "in_progress");
  task(ann, "done");
  task(ann, "done", true);
  static_cast<void>(login_code("a@example.com"));
  static_cast<void>(login_code("b@example.com"));
  execute(
      "update taskward.outbox set state = 'dead' where id = (select min(id::text)::uuid from "
      "taskward.outbox)");
  BOOST_TEST(outcome(store::insert_task(service, hints, ann.write_access(), new_id<TaskId>(), {"x", "", {}},
                                        kQuota, {}, stamp())) == "ok");
  execute(
      "insert into taskward.audit (id, action, outcome) select gen_random_uuid(), 'account.change', "
      "'success' from"
      " generate_series(1, 20)");
  const auto board = store::read_dashboard(resources.database, admin, resources.stamp(origin));
  BOOST_TEST_REQUIRE(outcome(board) == "ok");
  using Counts = std::vector<std::int64_t>;
  const auto as_counts = [](const auto& array) { return Counts(array.begin(), array.end()); };
  BOOST_TEST(as_counts(board->users_by_role) == (Counts{1, 3, 1}), boost::test_tools::per_element());
  BOOST_TEST(as_counts(board->users_by_state) == (Counts{3, 1, 1}), boost::test_tools::per_element());
  BOOST_TEST(board->locked_accounts == 1);
  BOOST_TEST(board->tasks.todo == 2);
  BOOST_TEST(board->tasks.in_progress == 2);
  BOOST_TEST(board->tasks.done == 1);
  BOOST_TEST(board->tasks.trash == 1);
  BOOST_TEST(board->live_sessions == 3);
  BOOST_TEST(board->logins == 0);
  BOOST_TEST(board->login_failures == count_rows("audit where action = 'session.login'"));
  BOOST_TEST(board->login_failures >= 11);
  BOOST_TEST(board->mail_waiting == 1);
  BOOST_TEST(board->mail_dead == 1);
  BOOST_TEST(board->events.size() == static_cast<std::size_t>(model::kDashboardEvents));
  for (const auto& event : board->events) BOOST_TEST(!event.action.starts_with("task."));
  for (std::size_t i = 1; i < board->events.size(); ++i)
    BOOST_TEST((board->events[i - 1].at >= board->events[i].at));
  execute("update taskward.audit set at = now() - interval '25 hours' where action = 'session.login'");
  BOOST_TEST(outcome(log_in("locked")) == "account_locked");
  const auto later = store::read_dashboard(resources.database, admin, resources.stamp(origin));
  BOOST_TEST(later->login_failures == 1);
  BOOST_TEST(later->events.size() > 0U);
}

BOOST_AUTO_TEST_CASE(dashboard_of_an_empty_service_succeeds) {
  const auto board = store::read_dashboard(resources.database, admin, resources.stamp(origin));
  BOOST_TEST_REQUIRE(outcome(board) == "ok");
  BOOST_TEST(board->events.empty());
  BOOST_TEST(board->live_sessions == 1);
  BOOST_TEST(board->tasks.todo == 0);
}

BOOST_AUTO_TEST_CASE(each_read_is_recorded) {
  const TestUser ann = new_user();
  clear_audit();
  static_cast<void>(list({}));
  static_cast<void>(read_account(ann.user));
  static_cast<void>(store::read_dashboard(resources.database, admin, resources.stamp(origin)));
  static_cast<void>(store::list_accounts(service, store::Actor::the_operator(), {{}, 1, {}, {}}, stamp()));
  static_cast<void>(store::read_account(service, store::Actor::the_operator(), ann.user, stamp()));
  static_cast<void>(store::list_sessions_of(service, ann.user, stamp()));
  BOOST_TEST(audit_lines() ==
                 (Lines{"account.list success -", "account.read success -", "dashboard.read success -",
                        "account.list success -", "account.read success -", "account.read success sessions"}),
             boost::test_tools::per_element());
  const auto records = audit();
  for (std::size_t i = 0; i < records.size(); ++i)
    BOOST_TEST(records[i].actor == (i < 3 ? boss.user.text() : "-"));
  BOOST_TEST(records[1].object == ann.user.text());
  BOOST_TEST(records[0].object == "-");
}

BOOST_AUTO_TEST_CASE(account_is_found_by_id_address_or_username) {
  const UserId ann = register_user("ann");
  const auto is_ann = [&](const std::string& text) { return store::find_account(service, text) == ann; };
  for (const std::string& text :
       {ann.text(), std::string("ann"), std::string("ANN"), std::string("Ann@example.com")})
    BOOST_TEST(is_ann(text), text);
  for (const std::string& text :
       {new_id<UserId>().text(), std::string("an"), std::string(""), std::string("x@example.com")})
    BOOST_TEST(!store::find_account(service, text).has_value(), text);
  // A username may look like an id; the id takes precedence.
  const TestUser bob = new_user(Role::user, ann.text());
  BOOST_TEST(is_ann(ann.text()));
  BOOST_TEST(outcome(store::delete_account(resources.database, admin, ann, resources.stamp(origin))) == "ok");
  BOOST_TEST((store::find_account(service, ann.text()) == bob.user));
}

BOOST_AUTO_TEST_CASE(account_is_created_with_or_without_a_password) {
  const auto made = domain::create_account(resources, admin,
                                           {.email = "ann@example.com",
                                            .username = "ann",
                                            .name = "Ann",
                                            .password = password.clone(),
                                            .role = Role::guest,
                                            .is_active = true},
                                           origin);
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST(made->name.value() == "Ann");
  BOOST_TEST((made->role == Role::guest));
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  const auto without_password =
      domain::create_account(resources, admin, {.email = "bob@example.com"}, origin);
  BOOST_TEST_REQUIRE(outcome(without_password) == "ok");
  BOOST_TEST((without_password->role == rules.default_role));
  BOOST_TEST(
      count_users("email = 'bob@example.com' and password_hash is null and email_verified_at is null") == 1);
  BOOST_TEST(code_login_outcome("bob@example.com", with_challenge(login_code("bob@example.com"))) == "ok");
  const auto inactive = domain::create_account(
      resources, admin, {.username = "carl", .password = password.clone(), .is_active = false}, origin);
  BOOST_TEST_REQUIRE(outcome(inactive) == "ok");
  BOOST_TEST((inactive->state() == AccountState::inactive));
  BOOST_TEST(outcome(domain::create_account(resources, admin, {.email = "BOB@example.com"}, origin)) ==
             "email_taken");
  BOOST_TEST(outcome(domain::create_account(
                 resources, admin, {.email = "dora@example.com", .password = Secret("password1")}, origin)) ==
             "validation_failed");
  BOOST_TEST(count_of(audit_lines(), "account.register success -") == 3);
  BOOST_TEST(count_of(audit_lines(), "account.register failure email_taken") == 1);
}

BOOST_AUTO_TEST_CASE(password_is_not_hashed_before_the_permission_check) {
  const auto as_ann = new_user().admin_access();
  // No hashing slot is free, so a caller who reaches the hashing step gets 503.
  domain::HashingGate full{1, std::chrono::milliseconds(1)};
  const auto taken = full.enter(std::nullopt, clock);
  const domain::Resources full_resources{service, clock,           random,       keys,  passwords,
                                         full,    password_policy, derived_keys, rules, meter,
                                         health,  hints,           known_tokens};
  const auto create_with = [&](const store::Administer& access) {
    return outcome(domain::create_account(full_resources, access,
                                          {.username = "carl", .password = password.clone()}, origin));
  };
  BOOST_TEST(create_with(as_ann) == "forbidden");
  BOOST_TEST(create_with(admin) == "service_unavailable");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
