// Concurrent refreshes and logouts.
#include <atomic>

#include "concurrently.hpp"
#include "fixture.hpp"
#include "taskward/store/sessions.hpp"
#include "taskward/store/users.hpp"

namespace taskward::testing {
namespace {

using model::LogoutScope;

struct RaceFixture : StoreFixture {
  std::int64_t live_tokens(const TestUser& who) {
    return count_rows("refresh_tokens where used_at is null and session_id = '" + who.session.text() + "'");
  }
};

BOOST_FIXTURE_TEST_SUITE(session_races, RaceFixture)

BOOST_AUTO_TEST_CASE(one_of_twenty_concurrent_refreshes_succeeds) {
  for (int round = 0; round < 3; ++round) {
    const TestUser ann = new_user();
    clear_audit();
    const auto outcomes = run_concurrently<std::string>(*this, 20, [&](db::Connection& connection, int) {
      return outcome(store::rotate_token(connection, ann.presented(), new_hash(), kHour, stamp()));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "refresh_token_reused") == 19);
    BOOST_TEST(is_alive(ann));
    BOOST_TEST(live_tokens(ann) == 1);
    const auto done = audit_lines();
    BOOST_TEST(count_of(done, "session.refresh success -") == 1);
    BOOST_TEST(count_of(done, "session.refresh failure refresh_race") == 19);
  }
}

/// Rotates continuously during a logout, and checks that the session has ended afterwards.
void refresh_during_logout(RaceFixture& fixture,
                           const std::function<Result<Done>(db::Connection&, const TestUser&)>& log_out) {
  const auto refreshing = fixture.connect();
  for (int round = 0; round < 25; ++round) {
    TestUser ann = fixture.new_user();
    std::atomic<bool> refreshed = false;
    std::string last;
    std::jthread refresher([&] {
      while (true) {
        const crypto::Sha256 next = fixture.new_hash();
        last = outcome(store::rotate_token(*refreshing, ann.presented(), next, kHour, fixture.stamp()));
        if (last != "ok") return;
        ann.token = next;
        refreshed = true;
      }
    });
    while (!refreshed) std::this_thread::yield();
    BOOST_TEST(outcome(log_out(fixture.service, ann)) == "ok");
    // The session has ended, even while the refresher continues.
    BOOST_TEST(outcome(store::find_own_profile(fixture.service, ann.profile_access())) == "invalid_token");
    refresher.join();
    BOOST_TEST(last == "invalid_token");
    BOOST_TEST(!fixture.is_alive(ann));
    BOOST_TEST(outcome(store::rotate_token(fixture.service, ann.presented(), fixture.new_hash(), kHour,
                                           fixture.stamp())) != "ok");
  }
}

BOOST_AUTO_TEST_CASE(refresh_concurrent_with_logout_never_keeps_the_session) {
  refresh_during_logout(*this, [&](db::Connection& connection, const TestUser& ann) {
    return store::revoke_sessions(connection, ann.profile_access(), LogoutScope::session, stamp());
  });
}

BOOST_AUTO_TEST_CASE(refresh_concurrent_with_logout_of_all_never_keeps_the_session) {
  refresh_during_logout(*this, [&](db::Connection& connection, const TestUser& ann) {
    return store::revoke_sessions(connection, ann.profile_access(), LogoutScope::all, stamp());
  });
}

BOOST_AUTO_TEST_CASE(refresh_waiting_for_a_logout_returns_no_token) {
  const TestUser ann = new_user();
  service.connect();
  db::Connection ahead({database.superuser(), "test"}, log);
  db::Transaction transaction(ahead);
  ahead.execute("update taskward.sessions set revoked_at = now(), revoked_reason = 'logout'");
  std::jthread release([&] {
    wait_for_blocked(1);
    transaction.commit();
  });
  BOOST_TEST(outcome(store::rotate_token(service, ann.presented(), new_hash(), kHour, stamp())) ==
             "invalid_token");
  BOOST_TEST(count_rows("refresh_tokens") == 1);
  BOOST_TEST(!is_alive(ann));
  BOOST_TEST(audit_lines() == Lines{"session.refresh failure session_ended"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(concurrent_reuse_of_a_used_token_ends_the_session) {
  const TestUser ann = new_user();
  execute("update taskward.refresh_tokens set used_at = now() - interval '1 minute'");
  const auto outcomes = run_concurrently<std::string>(*this, 10, [&](db::Connection& connection, int) {
    return outcome(store::rotate_token(connection, ann.presented(), new_hash(), kHour, stamp()));
  });
  BOOST_TEST(count_of(outcomes, "refresh_token_reused") == 10);
  BOOST_TEST(!is_alive(ann));
  BOOST_TEST(count_rows("refresh_tokens") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
