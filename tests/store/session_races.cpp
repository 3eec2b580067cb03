// Concurrent refreshes and logouts.
#include <atomic>
#include <map>
#include <thread>

#include "concurrently.hpp"
#include "fixture.hpp"
#include "taskward/store/sessions.hpp"
#include "taskward/store/users.hpp"

namespace taskward::testing {
namespace {

using model::LogoutScope;

struct RaceFixture : StoreFixture {
  Result<store::Rotation> rotate(db::Connection& connection, const TestUser& who,
                                 const store::IssuedToken& next, const std::string& agent = "a test") {
    return store::rotate_token(connection, who.presented(), next, kHour,
                               {new_id<AuditId>(), {"request-1", "192.0.2.7", agent}});
  }
  std::string rotated(db::Connection& connection, const TestUser& who) {
    return outcome(rotate(connection, who, new_token()));
  }
  bool is_current(const TestUser& who, const crypto::Sha256& token) {
    return owner
        .query("select token_hash = $2::bytea from taskward.sessions where id = $1::uuid",
               db::Params().id(who.session).bytes(crypto::view(token)))
        .row(0)
        .boolean();
  }
  /// Every session, of this and of an older release.
  std::vector<TestUser> sessions_of(const TestUser& ann) { return {ann, new_former_session(ann)}; }
};

BOOST_FIXTURE_TEST_SUITE(session_races, RaceFixture)

BOOST_AUTO_TEST_CASE(one_of_twenty_concurrent_refreshes_by_different_clients_succeeds) {
  for (int round = 0; round < 3; ++round) {
    for (const TestUser& ann : sessions_of(new_user())) {
      clear_audit();
      const auto outcomes = run_concurrently<std::string>(*this, 20, [&](db::Connection& connection, int i) {
        return outcome(rotate(connection, ann, new_token(), "client " + std::to_string(i)));
      });
      BOOST_TEST(count_of(outcomes, "ok") == 1);
      BOOST_TEST(count_of(outcomes, "refresh_token_reused") == 19);
      BOOST_TEST(is_alive(ann));
      const auto done = audit_lines();
      BOOST_TEST(count_of(done, "session.refresh success -") == 1);
      BOOST_TEST(count_of(done, "session.refresh failure refresh_race") == 19);
    }
  }
}

BOOST_AUTO_TEST_CASE(concurrent_refreshes_by_one_client_are_granted_one_successor) {
  for (int round = 0; round < 3; ++round) {
    for (const TestUser& ann : sessions_of(new_user())) {
      clear_audit();
      const store::IssuedToken next = new_token();
      // Half of them make another token, because the clock has reached the next second.
      const auto granted =
          run_concurrently<crypto::Sha256>(*this, 20, [&](db::Connection& connection, int i) {
            const store::IssuedToken mine =
                i % 2 == 0 ? next : store::IssuedToken{new_hash(), next.issued_at + std::chrono::seconds(1)};
            auto done = rotate(connection, ann, mine);
            if (!done) return crypto::Sha256{};
            if (std::holds_alternative<model::LiveSession>(*done)) return mine.hash;
            const auto& sent = std::get<store::IssuedToken>(*done);
            return store::grant_again(connection, ann.presented(), sent.hash, stamp()) ? sent.hash
                                                                                       : crypto::Sha256{};
          });
      for (const crypto::Sha256& one : granted) BOOST_TEST((one == granted.front()));
      BOOST_TEST(is_current(ann, granted.front()));
      BOOST_TEST(is_alive(ann));
      const auto done = audit_lines();
      BOOST_TEST(done.size() == 20U);
      BOOST_TEST(count_of(done, "session.refresh success -") == 1);
      BOOST_TEST(count_of(done, "session.refresh success successor_resent") == 19);
    }
  }
}

BOOST_AUTO_TEST_CASE(refresh_concurrent_with_that_of_an_old_worker_loses_or_wins) {
  std::map<std::string, int> won;
  for (int round = 0; round < 20; ++round) {
    const TestUser ann = new_former_session(new_user());
    const auto outcomes = run_concurrently<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      // Each begins a little earlier in half of the rounds.
      if (round % 2 == i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (i == 0) return rotated(connection, ann);
      // The order of locks of the older release: the token, then the session.
      const auto rows = connection.query(
          "with used as (update taskward.refresh_tokens set used_at = now()"
          " where token_hash = $1::bytea and used_at is null returning user_id, session_id)"
          " update taskward.sessions s set last_used_at = now() from used u"
          " where s.user_id = u.user_id and s.id = u.session_id returning s.id",
          db::Params().bytes(crypto::view(ann.token)));
      return std::string(rows.empty() ? "refresh_token_reused" : "ok");
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(is_alive(ann));
    ++won[outcomes[0] == "ok" ? "new" : "old"];
  }
  BOOST_TEST(won["new"] > 0);
  BOOST_TEST(won["old"] > 0);
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
        const store::IssuedToken next = fixture.new_token();
        last = outcome(store::rotate_token(*refreshing, ann.presented(), next, kHour, fixture.stamp()));
        if (last != "ok") return;
        ann.token = next.hash;
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
    BOOST_TEST(outcome(store::rotate_token(fixture.service, ann.presented(), fixture.new_token(), kHour,
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

/// Refreshes while another transaction has done `sql` and not committed it. Returns the outcome.
std::string refresh_waiting_for(RaceFixture& fixture, const TestUser& who, const store::IssuedToken& next,
                                const std::string& sql) {
  fixture.service.connect();
  db::Connection ahead({fixture.database.superuser(), "test"}, fixture.log);
  db::Transaction transaction(ahead);
  ahead.execute(sql);
  std::jthread release([&] {
    fixture.wait_for_blocked(1);
    transaction.commit();
  });
  return outcome(fixture.rotate(fixture.service, who, next));
}

const std::string kLogOut = "update taskward.sessions set revoked_at = now(), revoked_reason = 'logout'";

BOOST_AUTO_TEST_CASE(refresh_waiting_for_a_logout_returns_no_token) {
  for (const TestUser& ann : sessions_of(new_user())) {
    clear_audit();
    const std::string logout = kLogOut + " where id = '" + ann.session.text() + "'";
    BOOST_TEST(refresh_waiting_for(*this, ann, new_token(), logout) == "invalid_token");
    BOOST_TEST(!is_alive(ann));
    BOOST_TEST(count_rows("sessions where previous_token_hash is not null") == 0);
    BOOST_TEST(audit_lines() == Lines{"session.refresh failure session_ended"},
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(refresh_waiting_for_a_deactivation_returns_no_token) {
  const TestUser ann = new_user();
  BOOST_TEST(refresh_waiting_for(*this, ann, new_token(),
                                 "update taskward.users set is_active = false; " + kLogOut) ==
             "invalid_token");
}

BOOST_AUTO_TEST_CASE(session_that_a_new_password_keeps_is_renewed_while_it_is_set) {
  for (const TestUser& kept : sessions_of(new_user())) {
    const std::string change =
        "update taskward.users set auth_epoch = auth_epoch + 1;"
        "update taskward.sessions set auth_epoch = auth_epoch + 1 where id = '" +
        kept.session.text() + "'";
    const store::IssuedToken next = new_token();
    BOOST_TEST(refresh_waiting_for(*this, kept, next, change) == "ok");
    BOOST_TEST(is_current(kept, next.hash));
    execute("update taskward.sessions set auth_epoch = 1");
  }
}

BOOST_AUTO_TEST_CASE(concurrent_reuse_of_a_used_token_ends_the_session) {
  for (const TestUser& ann : sessions_of(new_user())) {
    clear_audit();
    BOOST_TEST_REQUIRE(rotated(service, ann) == "ok");
    execute("update taskward.sessions set last_used_at = now() - interval '1 minute'");
    execute("update taskward.refresh_tokens set used_at = used_at - interval '1 minute'");
    const auto outcomes = run_concurrently<std::string>(
        *this, 10, [&](db::Connection& connection, int) { return rotated(connection, ann); });
    BOOST_TEST(count_of(outcomes, "refresh_token_reused") == 10);
    BOOST_TEST(!is_alive(ann));
    BOOST_TEST(count_of(audit_lines(), "session.refresh failure refresh_token_reused") == 10);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
