// Where one is logged in, and what has happened to one's account.
#include "taskward/domain/profile.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/tasks.hpp"
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

struct OwnSessionsFixture : WayInFixture {
  Someone ann = someone(model::Role::user, "ann");
  Someone bob = someone(model::Role::user, "bob");

  std::vector<model::Session> list(const Someone& who) {
    auto all = store::list_sessions(service, who.profile());
    BOOST_TEST_REQUIRE(outcome(all) == "ok");
    return std::move(*all);
  }
  std::string end(const Someone& who, const SessionId& session) {
    return outcome(store::end_session(service, who.profile(), session, stamp()));
  }
  std::vector<model::AuditEvent> activity(const Someone& who, int limit = 100,
                                          const std::optional<model::AuditPlace>& before = std::nullopt) {
    auto all = store::list_activity(service, who.profile(), limit, before);
    BOOST_TEST_REQUIRE(outcome(all) == "ok");
    return std::move(*all);
  }
  void used(const Someone& who, int minutes_ago) {
    execute("update taskward.sessions set last_used_at = now() - interval '" + std::to_string(minutes_ago) +
            " minutes' where id = '" + who.session.text() + "'");
  }
  static model::AuditPlace place_of(const model::AuditEvent& event) { return {event.at, event.id}; }
  static Lines actions(const std::vector<model::AuditEvent>& events) {
    Lines out;
    for (const auto& event : events)
      out.push_back(event.action + ' ' + event.outcome + ' ' + event.reason.value_or("-"));
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(own_sessions, OwnSessionsFixture)

BOOST_AUTO_TEST_CASE(the_list_has_one_s_own_live_sessions_the_last_used_first) {
  const Someone second = again(ann);
  const Someone third = again(ann);
  const Someone revoked = again(ann);
  const Someone expired = again(ann);
  revoke(revoked);
  expire(expired);
  used(ann, 5);
  used(second, 1);
  used(third, 9);
  const auto all = list(ann);
  BOOST_TEST_REQUIRE(all.size() == 3U);
  BOOST_TEST((all[0].id == second.session));
  BOOST_TEST((all[1].id == ann.session));
  BOOST_TEST((all[2].id == third.session));
  for (const auto& session : all) {
    BOOST_TEST(session.current == (session.id == ann.session));
    BOOST_TEST(session.method == "password");
  }
  BOOST_TEST((list(third).back().current));
  BOOST_TEST(list(bob).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_session_says_how_it_began_and_where_it_was_last_used) {
  const auto pair = enter("carl@example.com", carried(login_code("carl@example.com")));
  const auto carl = access_of(pair);
  auto all = store::list_sessions(resources.database, carl);
  BOOST_TEST_REQUIRE(all->size() == 1U);
  const model::Session begun = all->front();
  BOOST_TEST(begun.method == "otp");
  BOOST_TEST(begun.client_address.value() == "192.0.2.7");
  BOOST_TEST(begun.user_agent.value() == "a test");
  BOOST_TEST((begun.expires_at - begun.created_at == std::chrono::seconds(604800)));
  const auto next =
      domain::rotate_tokens(resources, pair->refresh_token.reveal(), {"r", "2001:db8::9", "elsewhere"});
  BOOST_TEST_REQUIRE(outcome(next) == "ok");
  all = store::list_sessions(resources.database, carl);
  BOOST_TEST(all->front().client_address.value() == "2001:db8::9");
  BOOST_TEST(all->front().user_agent.value() == "elsewhere");
  BOOST_TEST((all->front().created_at == begun.created_at));
  BOOST_TEST((all->front().last_used_at > begun.last_used_at));
}

BOOST_AUTO_TEST_CASE(one_session_is_ended_and_no_other) {
  const Someone second = again(ann);
  const Someone third = again(ann);
  BOOST_TEST(end(ann, second.session) == "ok");
  BOOST_TEST(!is_alive(second));
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(is_alive(third));
  BOOST_TEST(outcome(store::rotate_token(service, second.presented(), new_hash(), kHour, stamp())) ==
             "invalid_token");
  const auto records = audit();
  BOOST_TEST(records[0].deed() == "session.end success -");
  BOOST_TEST(records[0].actor == ann.user.text());
  BOOST_TEST(records[0].object == second.session.text());
  BOOST_TEST(records[0].object_type == "session");
  // The one that asks may be ended too.
  BOOST_TEST(end(ann, ann.session) == "ok");
  BOOST_TEST(end(ann, third.session) == "invalid_token");
  BOOST_TEST(is_alive(third));
}

BOOST_AUTO_TEST_CASE(a_session_that_is_not_one_s_own_or_not_alive_is_not_found) {
  const Someone revoked = again(ann);
  const Someone expired = again(ann);
  revoke(revoked);
  expire(expired);
  for (const SessionId& id :
       {bob.session, revoked.session, expired.session, new_id<SessionId>(), SessionId{}})
    BOOST_TEST(end(ann, id) == "not_found");
  BOOST_TEST(is_alive(bob));
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(an_ended_caller_sees_nothing) {
  revoke(ann);
  BOOST_TEST(outcome(store::list_sessions(service, ann.profile())) == "invalid_token");
  BOOST_TEST(outcome(store::list_activity(service, ann.profile(), 10, {})) == "invalid_token");
  deactivate(bob);
  BOOST_TEST(outcome(store::list_sessions(service, bob.profile())) == "invalid_token");
  BOOST_TEST(outcome(store::list_activity(service, bob.profile(), 10, {})) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(activity_has_one_s_own_events_and_failures_at_one_s_account_newest_first) {
  BOOST_TEST(activity(ann).empty());
  register_account("carl@example.com", "carl");
  const auto pair = log_in("carl");
  const auto carl = access_of(pair);
  static_cast<void>(log_in("carl@example.com", "wrong"));
  static_cast<void>(log_in("nobody", "wrong"));
  static_cast<void>(log_in("ann", "wrong"));
  const auto writes = AnyAccess::of<model::Permission::write_tasks>(carl.user(), carl.session());
  BOOST_TEST(outcome(store::insert_task(service, writes, new_id<TaskId>(), {"a task", "", {}}, kQuota, {},
                                        stamp())) == "ok");
  BOOST_TEST(outcome(store::change_profile(resources.database, carl, {"Carl", std::nullopt},
                                           resources.stamp(origin))) == "ok");

  const auto events = store::list_activity(resources.database, carl, 100, {});
  BOOST_TEST_REQUIRE(outcome(events) == "ok");
  BOOST_TEST(actions(*events) == (Lines{"account.change success -", "session.login failure wrong_password",
                                        "session.login success -", "account.register success -"}),
             boost::test_tools::per_element());
  const model::AuditEvent& newest = events->front();
  BOOST_TEST(newest.changed_fields == Lines{"name"}, boost::test_tools::per_element());
  BOOST_TEST(newest.client_address.value() == "192.0.2.7");
  BOOST_TEST(newest.user_agent.value() == "a test");
  BOOST_TEST(newest.request_id.value() == "request-1");
  BOOST_TEST((newest.at >= events->back().at));
  // What was tried at Ann's account is Ann's to see.
  BOOST_TEST(actions(activity(ann)) == Lines{"session.login failure wrong_password"},
             boost::test_tools::per_element());
  BOOST_TEST(activity(bob).empty());
}

BOOST_AUTO_TEST_CASE(activity_comes_in_pages_that_leave_nothing_out) {
  for (int i = 0; i < 23; ++i) {
    // Of two kinds, so that both indexes have a part of each page.
    if (i % 3 == 0) {
      store::record_failure(service, model::AuditAction::session_login, ann.user, std::to_string(i), stamp());
    } else {
      BOOST_TEST(outcome(store::change_profile(service, ann.profile(), {std::to_string(i), std::nullopt},
                                               stamp())) == "ok");
    }
    store::record_failure(service, model::AuditAction::session_login, bob.user, "of bob", stamp());
  }
  const auto whole = activity(ann);
  BOOST_TEST_REQUIRE(whole.size() == 23U);
  BOOST_TEST((std::is_sorted(whole.begin(), whole.end(),
                             [](const auto& a, const auto& b) { return place_of(a) > place_of(b); })));
  std::vector<model::AuditEvent> paged;
  std::optional<model::AuditPlace> before;
  for (const std::size_t expected : {5U, 5U, 5U, 5U, 3U, 0U}) {
    const auto page = activity(ann, 5, before);
    BOOST_TEST_REQUIRE(page.size() == expected);
    if (page.empty()) break;
    before = place_of(page.back());
    paged.insert(paged.end(), page.begin(), page.end());
  }
  BOOST_TEST((std::equal(paged.begin(), paged.end(), whole.begin(), whole.end(),
                         [](const auto& a, const auto& b) { return a.id == b.id; })));
  // A cursor of somebody else shows nothing of theirs.
  for (const auto& event : activity(bob, 100, place_of(whole.front())))
    BOOST_TEST(event.reason.value() == "of bob");
}

BOOST_AUTO_TEST_CASE(an_event_of_oneself_on_oneself_is_shown_once) {
  BOOST_TEST(outcome(store::change_profile(service, ann.profile(), {"Ann", std::nullopt}, stamp())) == "ok");
  BOOST_TEST(activity(ann).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
