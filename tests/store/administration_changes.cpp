// Changes made by administrators: atomic, recorded, with notifications, and ending sessions where needed.
#include "administration_fixture.hpp"

namespace taskward::testing {
namespace {

using model::Role;

BOOST_FIXTURE_TEST_SUITE(administration_changes, AdministrationFixture)

BOOST_AUTO_TEST_CASE(each_field_changes_alone) {
  const UserId ann = register_user("ann");
  clear_audit();
  auto changed = change(ann, {.role = Role::guest, .username = "annie", .name = "Ann Ü."});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST((changed->role == Role::guest));
  BOOST_TEST(changed->username.value() == "annie");
  BOOST_TEST(changed->name.value() == "Ann Ü.");
  BOOST_TEST(changed->email.value() == "ann@example.com");
  BOOST_TEST(changed->is_active);
  BOOST_TEST((changed->updated_at > changed->created_at));
  changed = change(ann, {.name = ""});
  BOOST_TEST(!changed->name.has_value());
  BOOST_TEST(changed->username.value() == "annie");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  BOOST_TEST(records[0].line() == "account.change success -");
  BOOST_TEST(records[0].changed == "role username name");
  BOOST_TEST(records[0].actor == boss.user.text());
  BOOST_TEST(records[0].actor_role == "admin");
  BOOST_TEST(records[0].object == ann.text());
  BOOST_TEST(records[0].address == "192.0.2.7");
  BOOST_TEST(records[1].changed == "name");
  BOOST_TEST(count_rows("audit a where a::text ~* 'annie|@'") == 0);
}

BOOST_AUTO_TEST_CASE(change_without_effect_returns_the_account_and_is_recorded) {
  const UserId ann = register_user("ann");
  clear_audit();
  const auto same = change(ann, {.role = Role::user, .is_active = true, .email = "ann@example.com"});
  BOOST_TEST_REQUIRE(outcome(same) == "ok");
  BOOST_TEST(same->id.text() == ann.text());
  BOOST_TEST(outcome(change(ann, {})) == "ok");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  for (const auto& record : records) {
    BOOST_TEST(record.line() == "account.change success -");
    BOOST_TEST(record.changed == "");
  }
}

BOOST_AUTO_TEST_CASE(role_change_applies_to_the_next_request_and_keeps_sessions) {
  const TestUser ann = new_user();
  BOOST_TEST(outcome(store::read_dashboard(resources.database, ann.admin_access(),
                                           resources.stamp(origin))) == "forbidden");
  BOOST_TEST(outcome(change(ann.user, {.role = Role::admin})) == "ok");
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(outcome(store::read_dashboard(resources.database, ann.admin_access(),
                                           resources.stamp(origin))) == "ok");
  BOOST_TEST(outcome(change(ann.user, {.role = Role::guest})) == "ok");
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(outcome(store::read_dashboard(resources.database, ann.admin_access(),
                                           resources.stamp(origin))) == "forbidden");
}

BOOST_AUTO_TEST_CASE(deactivation_ends_sessions_permanently) {
  const TestUser ann = new_user();
  BOOST_TEST(outcome(store::find_own_profile(service, ann.profile_access())) == "ok");
  auto changed = change(ann.user, {.is_active = false});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST((changed->state() == model::AccountState::inactive));
  BOOST_TEST(outcome(store::find_own_profile(service, ann.profile_access())) == "invalid_token");
  BOOST_TEST(text("select revoked_reason from taskward.sessions where id = '" + ann.session.text() + "'") ==
             "administrator");
  BOOST_TEST(outcome(change(ann.user, {.is_active = true})) == "ok");
  BOOST_TEST(outcome(store::find_own_profile(service, ann.profile_access())) == "invalid_token");
  BOOST_TEST(outcome(store::find_own_profile(service, new_session(ann).profile_access())) == "invalid_token");
  BOOST_TEST(live_sessions(ann.user) == 0);
}

BOOST_AUTO_TEST_CASE(address_change_ends_sessions_and_notifies_the_old_address) {
  const UserId ann = register_user("ann");
  const auto session = access_of(log_in("ann"));
  execute("update taskward.users set email_verified_at = now() where username = 'ann'");
  auto changed = change(ann, {.email = "new@example.com"});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(changed->email.value() == "new@example.com");
  BOOST_TEST(!changed->email_verified);
  BOOST_TEST(outcome(store::find_own_profile(resources.database, session)) == "invalid_token");
  BOOST_TEST(mail_lines() == Lines{"email_changed ann@example.com"}, boost::test_tools::per_element());
  BOOST_TEST(queued_mail().back().fields.at("address") == "new@example.com");
  BOOST_TEST(audit().back().changed == "email");
  BOOST_TEST(outcome(log_in("new@example.com")) == "ok");
  BOOST_TEST(outcome(log_in("ann@example.com")) == "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(changing_only_the_case_of_an_address_keeps_it_verified) {
  const UserId ann = register_user("ann");
  const auto session = access_of(log_in("ann"));
  execute("update taskward.users set email_verified_at = now() where username = 'ann'");
  auto changed = change(ann, {.email = "Ann@Example.com"});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(changed->email.value() == "Ann@Example.com");
  BOOST_TEST(changed->email_verified);
  BOOST_TEST(outcome(store::find_own_profile(resources.database, session)) == "ok");
  BOOST_TEST(mail_lines().empty());
}

BOOST_AUTO_TEST_CASE(first_address_sends_no_notification) {
  const TestUser carl = new_user(Role::user, "carl");
  BOOST_TEST(outcome(change(carl.user, {.email = "carl@example.com"})) == "ok");
  BOOST_TEST(mail_lines().empty());
  BOOST_TEST(!is_alive(carl));
}

BOOST_AUTO_TEST_CASE(taken_names_are_refused_in_any_case) {
  const UserId ann = register_user("ann");
  register_user("bob");
  clear_audit();
  BOOST_TEST(outcome(change(ann, {.email = "BOB@example.com", .name = "x"})) == "email_taken");
  BOOST_TEST(outcome(change(ann, {.username = "Bob", .name = "x"})) == "username_taken");
  BOOST_TEST(count_users("name is not null") == 0);
  BOOST_TEST(mail_lines().empty());
  BOOST_TEST(
      audit_lines() == (Lines{"account.change failure email_taken", "account.change failure username_taken"}),
      boost::test_tools::per_element());
  BOOST_TEST(audit().front().changed == "email name");
}

BOOST_AUTO_TEST_CASE(unlocking_clears_all_locks_and_records_which) {
  const UserId ann = register_user("ann");
  lock_name("ann");
  lock_name("ann@example.com");
  const auto before = read_account(ann);
  BOOST_TEST_REQUIRE(outcome(before) == "ok");
  BOOST_TEST((before->state() == model::AccountState::locked));
  BOOST_TEST(before->locked_until.email.has_value());
  BOOST_TEST(before->locked_until.username.has_value());
  BOOST_TEST(before->locked_until.caller.has_value());
  BOOST_TEST(outcome(log_in("ann")) == "account_locked");
  clear_audit();
  const auto after = change(ann, {.unlock = true});
  BOOST_TEST_REQUIRE(outcome(after) == "ok");
  BOOST_TEST((after->state() == model::AccountState::active));
  BOOST_TEST(audit_lines() == Lines{"account.unlock success caller,email,username"},
             boost::test_tools::per_element());
  BOOST_TEST(audit().front().object == ann.text());
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  BOOST_TEST(outcome(log_in("ann@example.com")) == "ok");
  clear_audit();
  BOOST_TEST(outcome(change(ann, {.unlock = true})) == "ok");
  BOOST_TEST(audit_lines() == Lines{"account.unlock success -"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(password_reset_mails_a_code_that_sets_a_password) {
  const UserId ann = register_user("ann");
  clear_audit();
  BOOST_TEST(outcome(change(ann, {.reset_password = true})) == "ok");
  BOOST_TEST(mail_lines() == Lines{"password_reset_code ann@example.com"}, boost::test_tools::per_element());
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "code.request success password_reset");
  BOOST_TEST(records[0].actor == boss.user.text());
  BOOST_TEST(records[0].object == ann.text());
  // The old password remains valid until then.
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  const std::string code = queued_mail().back().fields.at("code");
  BOOST_TEST(outcome(domain::reset_password(resources, "ann@example.com", without_challenge(code),
                                            Secret("another battery staple"), origin)) == "ok");
  BOOST_TEST(outcome(log_in("ann", "another battery staple")) == "ok");
  BOOST_TEST(outcome(log_in("ann")) == "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(second_code_within_a_minute_refuses_the_whole_change) {
  const UserId ann = register_user("ann");
  BOOST_TEST(outcome(change(ann, {.reset_password = true})) == "ok");
  clear_audit();
  const auto refused = change(ann, {.name = "Ann", .reset_password = true});
  BOOST_TEST_REQUIRE(outcome(refused) == "too_many_requests");
  BOOST_TEST((refused.error().retry_after.value() > std::chrono::seconds(50)));
  BOOST_TEST(count_users("name is not null") == 0);
  BOOST_TEST(mail_lines().size() == 1U);
  BOOST_TEST(count_of(audit_lines(), "account.change failure too_many_requests") == 1);
  BOOST_TEST(count_of(audit_lines(), "code.request denied password_reset") == 1);
  advance_time(std::chrono::seconds(61));
  BOOST_TEST(outcome(change(ann, {.name = "Ann", .reset_password = true})) == "ok");
  BOOST_TEST(mail_lines().size() == 2U);
}

BOOST_AUTO_TEST_CASE(reset_code_is_mailed_to_the_changed_address) {
  const UserId ann = register_user("ann");
  BOOST_TEST(outcome(change(ann, {.email = "new@example.com", .reset_password = true})) == "ok");
  BOOST_TEST(count_of(mail_lines(), "password_reset_code new@example.com") == 1);
  BOOST_TEST(count_of(mail_lines(), "email_changed ann@example.com") == 1);
  const TestUser carl = new_user();
  BOOST_TEST(outcome(change(carl.user, {.reset_password = true})) == "validation_failed");
  BOOST_TEST(outcome(change(ann, {.is_active = false, .reset_password = true})) == "validation_failed");
  BOOST_TEST(mail_lines().size() == 2U);
  BOOST_TEST(count_users("not is_active") == 0);
}

BOOST_AUTO_TEST_CASE(refused_change_consumes_no_code) {
  const UserId ann = register_user("ann");
  register_user("bob");
  BOOST_TEST(outcome(change(ann, {.username = "bob", .reset_password = true})) == "username_taken");
  BOOST_TEST(mail_lines().empty());
  BOOST_TEST(count_rows("one_time_codes") == 0);
  BOOST_TEST(count_rows("attempts where kind like 'codes%'") == 0);
}

BOOST_AUTO_TEST_CASE(unknown_account_is_not_found_and_non_administrators_are_forbidden) {
  const UserId unknown = new_id<UserId>();
  const TestUser ann = new_user();
  clear_audit();
  BOOST_TEST(outcome(change(unknown, {.name = "x"})) == "not_found");
  BOOST_TEST(outcome(read_account(unknown)) == "not_found");
  BOOST_TEST(outcome(store::delete_account(resources.database, admin, unknown, resources.stamp(origin))) ==
             "not_found");
  BOOST_TEST(outcome(store::end_sessions(resources.database, admin, unknown, resources.stamp(origin))) ==
             "not_found");
  BOOST_TEST(outcome(change(unknown, {.reset_password = true})) == "not_found");
  BOOST_TEST(audit_lines().empty());
  const auto as_ann = ann.admin_access();
  BOOST_TEST(outcome(domain::change_account(resources, as_ann, boss.user, {.name = "x"}, {}, origin)) ==
             "forbidden");
  BOOST_TEST(outcome(store::delete_account(resources.database, as_ann, boss.user, resources.stamp(origin))) ==
             "forbidden");
  BOOST_TEST(outcome(store::end_sessions(resources.database, as_ann, boss.user, resources.stamp(origin))) ==
             "forbidden");
  BOOST_TEST(outcome(store::read_account(resources.database, as_ann, boss.user, resources.stamp(origin))) ==
             "forbidden");
  BOOST_TEST(outcome(domain::list_accounts(resources, as_ann, {}, origin)) == "forbidden");
  BOOST_TEST(outcome(store::read_dashboard(resources.database, as_ann, resources.stamp(origin))) ==
             "forbidden");
  BOOST_TEST(
      audit_lines() == (Lines{"access.denied denied account.change", "access.denied denied account.delete",
                              "access.denied denied session.end", "access.denied denied account.read",
                              "access.denied denied account.list", "access.denied denied dashboard.read"}),
      boost::test_tools::per_element());
  BOOST_TEST(is_alive(boss));
  revoke(boss);
  BOOST_TEST(outcome(change(ann.user, {.name = "x"})) == "invalid_token");
  BOOST_TEST(count_users("name is not null") == 0);
}

BOOST_AUTO_TEST_CASE(denied_request_records_the_account_that_it_named) {
  const auto as_ann = new_user().admin_access();
  const UserId unknown = new_id<UserId>();
  for (const UserId& target : {boss.user, unknown, UserId{}}) {
    clear_audit();
    const auto denied = [&](const model::AccountChange& wanted) {
      return outcome(domain::change_account(resources, as_ann, target, wanted, {}, origin));
    };
    // A change of the address, and a reset, read the account before they change it.
    for (const model::AccountChange& wanted : {model::AccountChange{.role = model::Role::admin},
                                               {.email = "new@example.com"},
                                               {.reset_password = true},
                                               {.unlock = true}})
      BOOST_TEST(denied(wanted) == "forbidden");
    BOOST_TEST(outcome(store::delete_account(service, as_ann, target, stamp())) == "forbidden");
    BOOST_TEST(outcome(store::end_sessions(service, as_ann, target, stamp())) == "forbidden");
    BOOST_TEST(outcome(store::read_account(service, as_ann, target, stamp())) == "forbidden");
    const auto records = audit();
    BOOST_TEST(records.size() == 7U);
    for (const AuditRow& record : records) {
      BOOST_TEST(record.action == "access.denied");
      BOOST_TEST(record.object_type == "user");
      // The nil id stands for a malformed one.
      BOOST_TEST(record.object == (target == UserId{} ? "-" : target.text()), record.reason);
    }
  }
}

BOOST_AUTO_TEST_CASE(deleting_an_account_deletes_all_its_data) {
  const UserId ann = register_user("ann");
  const auto access = access_of(log_in("ann"));
  create_task(access.user(), access.session());
  lock_name("ann");
  clear_audit();
  BOOST_TEST(outcome(store::delete_account(resources.database, admin, ann, resources.stamp(origin))) == "ok");
  BOOST_TEST(count_users("true") == 1);
  BOOST_TEST(count_rows("tasks") == 0);
  BOOST_TEST(count_rows("lockouts") == 0);
  BOOST_TEST(count_rows("sessions") == 1);
  BOOST_TEST(audit_lines() == Lines{"account.delete success -"}, boost::test_tools::per_element());
  BOOST_TEST(audit().front().actor == boss.user.text());
  BOOST_TEST(audit().front().object == ann.text());
  BOOST_TEST(outcome(store::delete_account(resources.database, admin, ann, resources.stamp(origin))) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(ending_all_sessions_reports_their_number) {
  const TestUser ann = new_user();
  const TestUser other = new_session(ann);
  expire(new_session(ann));
  clear_audit();
  const auto ended = store::end_sessions(resources.database, admin, ann.user, resources.stamp(origin));
  BOOST_TEST_REQUIRE(outcome(ended) == "ok");
  BOOST_TEST(*ended == 2);
  for (const auto& one : {ann, other})
    BOOST_TEST(outcome(store::find_own_profile(service, one.profile_access())) == "invalid_token");
  BOOST_TEST(outcome(store::rotate_token(service, other.presented(), new_token(), kHour, stamp())) ==
             "invalid_token");
  BOOST_TEST(audit_lines().front() == "session.end success all");
  BOOST_TEST(audit().front().object == ann.user.text());
  BOOST_TEST(*store::end_sessions(resources.database, admin, ann.user, resources.stamp(origin)) == 0);
}

BOOST_AUTO_TEST_CASE(command_line_changes_have_no_actor) {
  const UserId ann = register_user("ann");
  static_cast<void>(access_of(log_in("ann")));
  const auto the_operator = store::Actor::the_operator();
  clear_audit();
  const auto changed = domain::change_account(resources, the_operator, ann, {.role = Role::admin},
                                              Secret("a better battery staple"), {});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(live_sessions(ann) == 0);
  BOOST_TEST(outcome(domain::change_account(resources, the_operator, ann, {}, Secret("ann@example.com"),
                                            {})) == "validation_failed");
  BOOST_TEST(outcome(log_in("ann", "a better battery staple")) == "ok");
  BOOST_TEST(*store::end_sessions(service, the_operator, ann, stamp()) == 1);
  const auto records = audit();
  BOOST_TEST(records.front().line() == "account.change success -");
  BOOST_TEST(records.front().changed == "role password");
  BOOST_TEST(records.front().actor == "-");
  BOOST_TEST(records.front().address == "-");
  BOOST_TEST(outcome(store::delete_account(service, the_operator, ann, stamp())) == "ok");
  BOOST_TEST(audit().back().line() == "account.delete success -");
  BOOST_TEST(audit().back().actor == "-");
}

BOOST_AUTO_TEST_CASE(command_line_ends_one_session_of_several) {
  const TestUser ann = new_user();
  const TestUser other = new_session(ann);
  BOOST_TEST(store::list_sessions_of(service, ann.user, stamp()).size() == 2U);
  BOOST_TEST(outcome(store::end_session_of(service, boss.user, ann.session, stamp())) == "not_found");
  BOOST_TEST(outcome(store::end_session_of(service, ann.user, ann.session, stamp())) == "ok");
  BOOST_TEST(!is_alive(ann));
  BOOST_TEST(is_alive(other));
  BOOST_TEST(outcome(store::end_session_of(service, ann.user, ann.session, stamp())) == "not_found");
  BOOST_TEST(store::list_sessions_of(service, ann.user, stamp()).size() == 1U);
  BOOST_TEST(count_of(audit_lines(), "session.end success -") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
