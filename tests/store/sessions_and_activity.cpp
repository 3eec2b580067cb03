// The user's live sessions, and the activity on the account.
#include "authentication_fixture.hpp"
#include "taskward/domain/profile.hpp"
#include "taskward/store/audit.hpp"

namespace taskward::testing {
namespace {

struct OwnSessionsFixture : AuthenticationFixture {
  TestUser ann = new_user(model::Role::user, "ann");
  TestUser bob = new_user(model::Role::user, "bob");

  std::vector<model::Session> list(const TestUser& who) {
    auto all = store::list_sessions(service, who.profile_access());
    BOOST_TEST_REQUIRE(outcome(all) == "ok");
    return std::move(*all);
  }
  std::string end_session(const TestUser& who, const SessionId& session) {
    return outcome(store::end_session(service, who.profile_access(), session, stamp()));
  }
  std::vector<model::AuditEvent> activity(const TestUser& who, int limit = 100,
                                          const std::optional<model::AuditPosition>& before = std::nullopt) {
    auto all = store::list_activity(service, who.profile_access(), limit, before);
    BOOST_TEST_REQUIRE(outcome(all) == "ok");
    return std::move(*all);
  }
  void set_last_used(const TestUser& who, int minutes_ago) {
    execute("update taskward.sessions set last_used_at = now() - interval '" + std::to_string(minutes_ago) +
            " minutes' where id = '" + who.session.text() + "'");
  }
  static model::AuditPosition position_of(const model::AuditEvent& event) { return {event.at, event.id}; }
  static Lines summaries(const std::vector<model::AuditEvent>& events) {
    Lines out;
    for (const auto& event : events)
      out.push_back(event.action + ' ' + event.outcome + ' ' + event.reason.value_or("-"));
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(sessions_and_activity, OwnSessionsFixture)

BOOST_AUTO_TEST_CASE(live_sessions_are_listed_by_last_use) {
  const TestUser second = new_session(ann);
  const TestUser third = new_session(ann);
  const TestUser revoked = new_session(ann);
  const TestUser expired = new_session(ann);
  revoke(revoked);
  expire(expired);
  set_last_used(ann, 5);
  set_last_used(second, 1);
  set_last_used(third, 9);
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

BOOST_AUTO_TEST_CASE(session_shows_its_login_method_and_last_client) {
  const auto pair = code_login("carl@example.com", with_challenge(login_code("carl@example.com")));
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

BOOST_AUTO_TEST_CASE(ending_one_session_keeps_the_others) {
  const TestUser second = new_session(ann);
  const TestUser third = new_session(ann);
  BOOST_TEST(end_session(ann, second.session) == "ok");
  BOOST_TEST(!is_alive(second));
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(is_alive(third));
  BOOST_TEST(outcome(store::rotate_token(service, second.presented(), new_token(), kHour, stamp())) ==
             "invalid_token");
  const auto records = audit();
  BOOST_TEST(records[0].line() == "session.end success -");
  BOOST_TEST(records[0].actor == ann.user.text());
  BOOST_TEST(records[0].object == second.session.text());
  BOOST_TEST(records[0].object_type == "session");
  // The current session may be ended too.
  BOOST_TEST(end_session(ann, ann.session) == "ok");
  BOOST_TEST(end_session(ann, third.session) == "invalid_token");
  BOOST_TEST(is_alive(third));
}

BOOST_AUTO_TEST_CASE(session_of_another_user_or_ended_session_is_not_found) {
  const TestUser revoked = new_session(ann);
  const TestUser expired = new_session(ann);
  revoke(revoked);
  expire(expired);
  for (const SessionId& id :
       {bob.session, revoked.session, expired.session, new_id<SessionId>(), SessionId{}})
    BOOST_TEST(end_session(ann, id) == "not_found");
  BOOST_TEST(is_alive(bob));
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(caller_with_an_ended_session_sees_nothing) {
  revoke(ann);
  BOOST_TEST(outcome(store::list_sessions(service, ann.profile_access())) == "invalid_token");
  BOOST_TEST(outcome(store::list_activity(service, ann.profile_access(), 10, {})) == "invalid_token");
  deactivate(bob);
  BOOST_TEST(outcome(store::list_sessions(service, bob.profile_access())) == "invalid_token");
  BOOST_TEST(outcome(store::list_activity(service, bob.profile_access(), 10, {})) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(activity_lists_own_events_and_failed_logins_newest_first) {
  BOOST_TEST(activity(ann).empty());
  register_account("carl@example.com", "carl");
  const auto pair = log_in("carl");
  const auto carl = access_of(pair);
  static_cast<void>(log_in("carl@example.com", "wrong"));
  static_cast<void>(log_in("nobody", "wrong"));
  static_cast<void>(log_in("ann", "wrong"));
  create_task(carl.user(), carl.session());
  BOOST_TEST(outcome(store::change_profile(resources.database, carl, {"Carl", std::nullopt},
                                           resources.stamp(origin))) == "ok");

  const auto events = store::list_activity(resources.database, carl, 100, {});
  BOOST_TEST_REQUIRE(outcome(events) == "ok");
  BOOST_TEST(summaries(*events) == (Lines{"account.change success -", "session.login failure wrong_password",
                                          "session.login success -", "account.register success -"}),
             boost::test_tools::per_element());
  const model::AuditEvent& newest = events->front();
  BOOST_TEST(newest.changed_fields == Lines{"name"}, boost::test_tools::per_element());
  BOOST_TEST(newest.client_address.value() == "192.0.2.7");
  BOOST_TEST(newest.user_agent.value() == "a test");
  BOOST_TEST(newest.request_id.value() == "request-1");
  BOOST_TEST((newest.at >= events->back().at));
  // A failed login to Ann's account is listed for Ann.
  BOOST_TEST(summaries(activity(ann)) == Lines{"session.login failure wrong_password"},
             boost::test_tools::per_element());
  BOOST_TEST(activity(bob).empty());
}

BOOST_AUTO_TEST_CASE(activity_pages_are_complete) {
  for (int i = 0; i < 23; ++i) {
    // Two kinds of events, so that both indexes contribute to each page.
    if (i % 3 == 0) {
      store::record_failure(service, model::AuditAction::session_login, ann.user, std::to_string(i), stamp());
    } else {
      BOOST_TEST(outcome(store::change_profile(service, ann.profile_access(),
                                               {std::to_string(i), std::nullopt}, stamp())) == "ok");
    }
    store::record_failure(service, model::AuditAction::session_login, bob.user, "of bob", stamp());
  }
  const auto whole = activity(ann);
  BOOST_TEST_REQUIRE(whole.size() == 23U);
  BOOST_TEST((std::is_sorted(whole.begin(), whole.end(),
                             [](const auto& a, const auto& b) { return position_of(a) > position_of(b); })));
  std::vector<model::AuditEvent> paged;
  std::optional<model::AuditPosition> before;
  for (const std::size_t expected : {5U, 5U, 5U, 5U, 3U, 0U}) {
    const auto page = activity(ann, 5, before);
    BOOST_TEST_REQUIRE(page.size() == expected);
    if (page.empty()) break;
    before = position_of(page.back());
    paged.insert(paged.end(), page.begin(), page.end());
  }
  BOOST_TEST((std::equal(paged.begin(), paged.end(), whole.begin(), whole.end(),
                         [](const auto& a, const auto& b) { return a.id == b.id; })));
  // A cursor of another user returns none of that user's events.
  for (const auto& event : activity(bob, 100, position_of(whole.front())))
    BOOST_TEST(event.reason.value() == "of bob");
}

BOOST_AUTO_TEST_CASE(event_by_and_on_the_same_account_is_listed_once) {
  BOOST_TEST(outcome(store::change_profile(service, ann.profile_access(), {"Ann", std::nullopt}, stamp())) ==
             "ok");
  BOOST_TEST(activity(ann).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
