// What administrators change: all of it or nothing, with its record, its mail, and the sessions it ends.
#include "administration_fixture.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::testing {
namespace {

using model::Role;

BOOST_FIXTURE_TEST_SUITE(administration_changes, AdministrationFixture)

BOOST_AUTO_TEST_CASE(each_member_changes_and_the_others_stay) {
  const UserId ann = person("ann");
  forget_audit();
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
  BOOST_TEST(records[0].deed() == "account.change success -");
  BOOST_TEST(records[0].changed == "role username name");
  BOOST_TEST(records[0].actor == boss.user.text());
  BOOST_TEST(records[0].actor_role == "admin");
  BOOST_TEST(records[0].object == ann.text());
  BOOST_TEST(records[0].address == "192.0.2.7");
  BOOST_TEST(records[1].changed == "name");
  BOOST_TEST(number("select count(*) from taskward.audit a where a::text ~* 'annie|@'") == 0);
}

BOOST_AUTO_TEST_CASE(a_change_that_changes_nothing_shows_the_account_and_is_recorded_as_that) {
  const UserId ann = person("ann");
  forget_audit();
  const auto same = change(ann, {.role = Role::user, .is_active = true, .email = "ann@example.com"});
  BOOST_TEST_REQUIRE(outcome(same) == "ok");
  BOOST_TEST(same->id.text() == ann.text());
  BOOST_TEST(outcome(change(ann, {})) == "ok");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  for (const auto& record : records) {
    BOOST_TEST(record.deed() == "account.change success -");
    BOOST_TEST(record.changed == "");
  }
}

BOOST_AUTO_TEST_CASE(a_role_holds_from_the_next_request_and_leaves_the_sessions) {
  const Someone ann = someone();
  BOOST_TEST(outcome(store::read_dashboard(resources.database, ann.administers(), resources.stamp(origin))) ==
             "forbidden");
  BOOST_TEST(outcome(change(ann.user, {.role = Role::admin})) == "ok");
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(outcome(store::read_dashboard(resources.database, ann.administers(), resources.stamp(origin))) ==
             "ok");
  BOOST_TEST(outcome(change(ann.user, {.role = Role::guest})) == "ok");
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(outcome(store::read_dashboard(resources.database, ann.administers(), resources.stamp(origin))) ==
             "forbidden");
}

BOOST_AUTO_TEST_CASE(a_deactivation_ends_the_sessions_for_good) {
  const Someone ann = someone();
  BOOST_TEST(outcome(store::find_own_profile(service, ann.profile())) == "ok");
  auto changed = change(ann.user, {.is_active = false});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST((changed->state() == model::AccountState::inactive));
  BOOST_TEST(outcome(store::find_own_profile(service, ann.profile())) == "invalid_token");
  BOOST_TEST(text("select revoked_reason from taskward.sessions where id = '" + ann.session.text() + "'") ==
             "administrator");
  BOOST_TEST(outcome(change(ann.user, {.is_active = true})) == "ok");
  BOOST_TEST(outcome(store::find_own_profile(service, ann.profile())) == "invalid_token");
  BOOST_TEST(outcome(store::find_own_profile(service, again(ann).profile())) == "invalid_token");
  BOOST_TEST(live_sessions(ann.user) == 0);
}

BOOST_AUTO_TEST_CASE(an_address_that_is_set_is_not_proved_ends_the_sessions_and_is_told_to_the_old_one) {
  const UserId ann = person("ann");
  const auto session = access_of(log_in("ann"));
  execute("update taskward.users set email_verified_at = now() where username = 'ann'");
  auto changed = change(ann, {.email = "new@example.com"});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(changed->email.value() == "new@example.com");
  BOOST_TEST(!changed->email_verified);
  BOOST_TEST(outcome(store::find_own_profile(resources.database, session)) == "invalid_token");
  BOOST_TEST(letters() == Lines{"email_changed ann@example.com"}, boost::test_tools::per_element());
  BOOST_TEST(mails().back().fields.at("address") == "new@example.com");
  BOOST_TEST(audit().back().changed == "email");
  BOOST_TEST(outcome(log_in("new@example.com")) == "ok");
  BOOST_TEST(outcome(log_in("ann@example.com")) == "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(an_address_spelled_anew_is_the_same_one) {
  const UserId ann = person("ann");
  const auto session = access_of(log_in("ann"));
  execute("update taskward.users set email_verified_at = now() where username = 'ann'");
  auto changed = change(ann, {.email = "Ann@Example.com"});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(changed->email.value() == "Ann@Example.com");
  BOOST_TEST(changed->email_verified);
  BOOST_TEST(outcome(store::find_own_profile(resources.database, session)) == "ok");
  BOOST_TEST(letters().empty());
}

BOOST_AUTO_TEST_CASE(a_first_address_is_told_to_nobody) {
  const Someone carl = someone(Role::user, "carl");
  BOOST_TEST(outcome(change(carl.user, {.email = "carl@example.com"})) == "ok");
  BOOST_TEST(letters().empty());
  BOOST_TEST(!is_alive(carl));
}

BOOST_AUTO_TEST_CASE(taken_names_are_refused_in_any_case_and_nothing_is_changed) {
  const UserId ann = person("ann");
  person("bob");
  forget_audit();
  BOOST_TEST(outcome(change(ann, {.email = "BOB@example.com", .name = "x"})) == "email_taken");
  BOOST_TEST(outcome(change(ann, {.username = "Bob", .name = "x"})) == "username_taken");
  BOOST_TEST(users("name is not null") == 0);
  BOOST_TEST(letters().empty());
  BOOST_TEST(
      deeds() == (Lines{"account.change failure email_taken", "account.change failure username_taken"}),
      boost::test_tools::per_element());
  BOOST_TEST(audit().front().changed == "email name");
}

BOOST_AUTO_TEST_CASE(locks_are_lifted_with_a_record_of_which) {
  const UserId ann = person("ann");
  lock("ann");
  lock("ann@example.com");
  const auto before = look(ann);
  BOOST_TEST_REQUIRE(outcome(before) == "ok");
  BOOST_TEST((before->state() == model::AccountState::locked));
  BOOST_TEST(before->locked_until.email.has_value());
  BOOST_TEST(before->locked_until.username.has_value());
  BOOST_TEST(!before->locked_until.caller.has_value());
  BOOST_TEST(outcome(log_in("ann")) == "account_locked");
  forget_audit();
  const auto after = change(ann, {.unlock = true});
  BOOST_TEST_REQUIRE(outcome(after) == "ok");
  BOOST_TEST((after->state() == model::AccountState::active));
  BOOST_TEST(deeds() == Lines{"account.unlock success email,username"}, boost::test_tools::per_element());
  BOOST_TEST(audit().front().object == ann.text());
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  BOOST_TEST(outcome(log_in("ann@example.com")) == "ok");
  forget_audit();
  BOOST_TEST(outcome(change(ann, {.unlock = true})) == "ok");
  BOOST_TEST(deeds() == Lines{"account.unlock success -"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_password_reset_mails_a_code_that_sets_a_password) {
  const UserId ann = person("ann");
  forget_audit();
  BOOST_TEST(outcome(change(ann, {.reset_password = true})) == "ok");
  BOOST_TEST(letters() == Lines{"password_reset_code ann@example.com"}, boost::test_tools::per_element());
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].deed() == "code.request success password_reset");
  BOOST_TEST(records[0].actor == boss.user.text());
  BOOST_TEST(records[0].object == ann.text());
  // The old password holds till then.
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  const std::string code = mails().back().fields.at("code");
  BOOST_TEST(outcome(domain::reset_password(resources, "ann@example.com", bare(code),
                                            Secret("another battery staple"), origin)) == "ok");
  BOOST_TEST(outcome(log_in("ann", "another battery staple")) == "ok");
  BOOST_TEST(outcome(log_in("ann")) == "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(a_second_code_within_a_minute_is_refused_with_all_that_was_asked_beside_it) {
  const UserId ann = person("ann");
  BOOST_TEST(outcome(change(ann, {.reset_password = true})) == "ok");
  forget_audit();
  const auto refused = change(ann, {.name = "Ann", .reset_password = true});
  BOOST_TEST_REQUIRE(outcome(refused) == "too_many_requests");
  BOOST_TEST((refused.error().retry_after.value() > std::chrono::seconds(50)));
  BOOST_TEST(users("name is not null") == 0);
  BOOST_TEST(letters().size() == 1U);
  BOOST_TEST(count_of(deeds(), "account.change failure too_many_requests") == 1);
  BOOST_TEST(count_of(deeds(), "code.request denied password_reset") == 1);
  pass(std::chrono::seconds(61));
  BOOST_TEST(outcome(change(ann, {.name = "Ann", .reset_password = true})) == "ok");
  BOOST_TEST(letters().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_code_goes_to_the_address_as_it_is_after_the_change_and_nowhere_without_one) {
  const UserId ann = person("ann");
  BOOST_TEST(outcome(change(ann, {.email = "new@example.com", .reset_password = true})) == "ok");
  BOOST_TEST(count_of(letters(), "password_reset_code new@example.com") == 1);
  BOOST_TEST(count_of(letters(), "email_changed ann@example.com") == 1);
  const Someone carl = someone();
  BOOST_TEST(outcome(change(carl.user, {.reset_password = true})) == "validation_failed");
  BOOST_TEST(outcome(change(ann, {.is_active = false, .reset_password = true})) == "validation_failed");
  BOOST_TEST(letters().size() == 2U);
  BOOST_TEST(users("not is_active") == 0);
}

BOOST_AUTO_TEST_CASE(a_refused_change_uses_up_no_code) {
  const UserId ann = person("ann");
  person("bob");
  BOOST_TEST(outcome(change(ann, {.username = "bob", .reset_password = true})) == "username_taken");
  BOOST_TEST(letters().empty());
  BOOST_TEST(number("select count(*) from taskward.one_time_codes") == 0);
  BOOST_TEST(number("select count(*) from taskward.attempts where kind like 'codes%'") == 0);
}

BOOST_AUTO_TEST_CASE(who_is_not_there_is_not_found_and_whoever_may_not_is_told_that) {
  const UserId nobody = new_id<UserId>();
  const Someone ann = someone();
  forget_audit();
  BOOST_TEST(outcome(change(nobody, {.name = "x"})) == "not_found");
  BOOST_TEST(outcome(look(nobody)) == "not_found");
  BOOST_TEST(outcome(store::delete_account(resources.database, admin, nobody, resources.stamp(origin))) ==
             "not_found");
  BOOST_TEST(outcome(store::end_sessions(resources.database, admin, nobody, resources.stamp(origin))) ==
             "not_found");
  BOOST_TEST(outcome(change(nobody, {.reset_password = true})) == "not_found");
  BOOST_TEST(deeds().empty());
  const auto as_ann = ann.administers();
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
  BOOST_TEST(deeds() == (Lines{"access.denied denied account.change", "access.denied denied account.delete",
                               "access.denied denied session.end", "access.denied denied account.read",
                               "access.denied denied account.list", "access.denied denied dashboard.read"}),
             boost::test_tools::per_element());
  BOOST_TEST(is_alive(boss));
  revoke(boss);
  BOOST_TEST(outcome(change(ann.user, {.name = "x"})) == "invalid_token");
  BOOST_TEST(users("name is not null") == 0);
}

BOOST_AUTO_TEST_CASE(an_account_goes_with_all_that_is_its_own) {
  const UserId ann = person("ann");
  static_cast<void>(access_of(log_in("ann")));
  const auto writes = AnyAccess::of<model::Permission::write_tasks>(
      ann, SessionId{db::RowReader(owner
                                       .query("select id from taskward.sessions where user_id <> '" +
                                                  boss.user.text() + "'",
                                              db::Params())
                                       .row(0))
                         .uuid()});
  BOOST_TEST(outcome(store::insert_task(service, writes, new_id<TaskId>(), {"a task", "", {}}, kQuota, {},
                                        stamp())) == "ok");
  lock("ann");
  forget_audit();
  BOOST_TEST(outcome(store::delete_account(resources.database, admin, ann, resources.stamp(origin))) == "ok");
  BOOST_TEST(users("true") == 1);
  BOOST_TEST(number("select count(*) from taskward.tasks") == 0);
  BOOST_TEST(number("select count(*) from taskward.lockouts") == 0);
  BOOST_TEST(sessions() == 1);
  BOOST_TEST(deeds() == Lines{"account.delete success -"}, boost::test_tools::per_element());
  BOOST_TEST(audit().front().actor == boss.user.text());
  BOOST_TEST(audit().front().object == ann.text());
  BOOST_TEST(outcome(store::delete_account(resources.database, admin, ann, resources.stamp(origin))) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(all_sessions_end_and_are_counted) {
  const Someone ann = someone();
  const Someone other = again(ann);
  expire(again(ann));
  forget_audit();
  const auto ended = store::end_sessions(resources.database, admin, ann.user, resources.stamp(origin));
  BOOST_TEST_REQUIRE(outcome(ended) == "ok");
  BOOST_TEST(*ended == 2);
  for (const auto& one : {ann, other})
    BOOST_TEST(outcome(store::find_own_profile(service, one.profile())) == "invalid_token");
  BOOST_TEST(outcome(store::rotate_token(service, other.presented(), new_hash(), kHour, stamp())) ==
             "invalid_token");
  BOOST_TEST(deeds().front() == "session.end success all");
  BOOST_TEST(audit().front().object == ann.user.text());
  BOOST_TEST(*store::end_sessions(resources.database, admin, ann.user, resources.stamp(origin)) == 0);
}

BOOST_AUTO_TEST_CASE(the_operator_does_the_same_without_an_actor) {
  const UserId ann = person("ann");
  static_cast<void>(access_of(log_in("ann")));
  const auto the_operator = store::Actor::the_operator();
  forget_audit();
  const auto changed = domain::change_account(resources, the_operator, ann, {.role = Role::admin},
                                              Secret("a better battery staple"), {});
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(live_sessions(ann) == 0);
  BOOST_TEST(outcome(domain::change_account(resources, the_operator, ann, {}, Secret("ann@example.com"),
                                            {})) == "validation_failed");
  BOOST_TEST(outcome(log_in("ann", "a better battery staple")) == "ok");
  BOOST_TEST(*store::end_sessions(service, the_operator, ann, stamp()) == 1);
  const auto records = audit();
  BOOST_TEST(records.front().deed() == "account.change success -");
  BOOST_TEST(records.front().changed == "role password");
  BOOST_TEST(records.front().actor == "-");
  BOOST_TEST(records.front().address == "-");
  BOOST_TEST(outcome(store::delete_account(service, the_operator, ann, stamp())) == "ok");
  BOOST_TEST(audit().back().deed() == "account.delete success -");
  BOOST_TEST(audit().back().actor == "-");
}

BOOST_AUTO_TEST_CASE(one_session_of_several_is_ended_by_the_operator) {
  const Someone ann = someone();
  const Someone other = again(ann);
  BOOST_TEST(store::list_sessions_of(service, ann.user, stamp()).size() == 2U);
  BOOST_TEST(outcome(store::end_session_of(service, boss.user, ann.session, stamp())) == "not_found");
  BOOST_TEST(outcome(store::end_session_of(service, ann.user, ann.session, stamp())) == "ok");
  BOOST_TEST(!is_alive(ann));
  BOOST_TEST(is_alive(other));
  BOOST_TEST(outcome(store::end_session_of(service, ann.user, ann.session, stamp())) == "not_found");
  BOOST_TEST(store::list_sessions_of(service, ann.user, stamp()).size() == 1U);
  BOOST_TEST(count_of(deeds(), "session.end success -") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
