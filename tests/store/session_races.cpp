// Refreshes and logouts that meet.
#include <atomic>

#include "fixture.hpp"
#include "taskward/store/sessions.hpp"
#include "taskward/store/users.hpp"
#include "together.hpp"

namespace taskward::testing {
namespace {

using model::LogoutScope;

struct RaceFixture : StoreFixture {
  std::int64_t live_tokens(const Someone& who) {
    return number("select count(*) from taskward.refresh_tokens where used_at is null and session_id = '" +
                  who.session.text() + "'");
  }
};

BOOST_FIXTURE_TEST_SUITE(session_races, RaceFixture)

BOOST_AUTO_TEST_CASE(of_twenty_refreshes_with_one_token_exactly_one_succeeds) {
  for (int round = 0; round < 3; ++round) {
    const Someone ann = someone();
    forget_audit();
    const auto outcomes = together<std::string>(*this, 20, [&](db::Connection& connection, int) {
      return outcome(store::rotate_token(connection, ann.presented(), new_hash(), kHour, stamp()));
    });
    BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), "ok") == 1);
    BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), "refresh_token_reused") == 19);
    BOOST_TEST(is_alive(ann));
    BOOST_TEST(live_tokens(ann) == 1);
    const auto done = deeds();
    BOOST_TEST(std::count(done.begin(), done.end(), "session.refresh success -") == 1);
    BOOST_TEST(std::count(done.begin(), done.end(), "session.refresh failure refresh_race") == 19);
  }
}

/// Rotates as fast as it can beside a logout, and looks at what is left of the session afterwards.
void refresh_beside_logout(RaceFixture& fixture,
                           const std::function<Result<Done>(db::Connection&, const Someone&)>& log_out) {
  const auto refreshing = fixture.connect();
  for (int round = 0; round < 25; ++round) {
    Someone ann = fixture.someone();
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
    // From here on: whatever the refresher still does, the session is over.
    BOOST_TEST(outcome(store::find_own_profile(fixture.service, ann.profile())) == "invalid_token");
    refresher.join();
    BOOST_TEST(last == "invalid_token");
    BOOST_TEST(!fixture.is_alive(ann));
    BOOST_TEST(outcome(store::rotate_token(fixture.service, ann.presented(), fixture.new_hash(), kHour,
                                           fixture.stamp())) != "ok");
  }
}

BOOST_AUTO_TEST_CASE(refresh_beside_a_logout_never_keeps_the_session) {
  refresh_beside_logout(*this, [&](db::Connection& connection, const Someone& ann) {
    return store::revoke_sessions(connection, ann.profile(), LogoutScope::session, stamp());
  });
}

BOOST_AUTO_TEST_CASE(refresh_beside_a_logout_of_all_never_keeps_the_session) {
  refresh_beside_logout(*this, [&](db::Connection& connection, const Someone& ann) {
    return store::revoke_sessions(connection, ann.profile(), LogoutScope::all, stamp());
  });
}

BOOST_AUTO_TEST_CASE(refresh_that_waited_for_a_logout_gives_no_token) {
  const Someone ann = someone();
  service.connect();
  db::Connection ahead({database.superuser(), "test"}, {}, log);
  db::Transaction transaction(ahead);
  ahead.execute("update taskward.sessions set revoked_at = now(), revoked_reason = 'logout'");
  std::jthread release([&] {
    wait_for_lock(1);
    transaction.commit();
  });
  BOOST_TEST(outcome(store::rotate_token(service, ann.presented(), new_hash(), kHour, stamp())) ==
             "invalid_token");
  BOOST_TEST(number("select count(*) from taskward.refresh_tokens") == 1);
  BOOST_TEST(!is_alive(ann));
  BOOST_TEST(deeds() == Lines{"session.refresh failure session_ended"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(dead_token_presented_many_times_at_once_ends_the_session_once) {
  const Someone ann = someone();
  execute("update taskward.refresh_tokens set used_at = now() - interval '1 minute'");
  const auto outcomes = together<std::string>(*this, 10, [&](db::Connection& connection, int) {
    return outcome(store::rotate_token(connection, ann.presented(), new_hash(), kHour, stamp()));
  });
  BOOST_TEST(std::count(outcomes.begin(), outcomes.end(), "refresh_token_reused") == 10);
  BOOST_TEST(!is_alive(ann));
  BOOST_TEST(number("select count(*) from taskward.refresh_tokens") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
