// A password change ends sessions that were started with the old password, including those started
// concurrently.
#include <atomic>
#include <thread>

#include "authentication_fixture.hpp"
#include "taskward/store/logins.hpp"
#include "taskward/store/passwords.hpp"
#include "taskward/store/profile.hpp"

namespace taskward::testing {
namespace {

struct EpochFixture : AuthenticationFixture {
  TestUser ann = new_user(model::Role::user, "ann");
  const store::LockSubject subject{store::LockSubject::Kind::username, "a subject"};

  /// Logs in with the old password; the login commits once the change waits for it. Returns the session.
  TestUser log_in_while(const std::function<void(db::Connection&)>& changes) {
    const auto slow = connect();
    const auto other = connect();
    slow->connect();
    const store::NewSession session{ann.user, new_id<SessionId>(), new_hash(), kHour};
    db::Transaction transaction(*slow);
    BOOST_TEST_REQUIRE(store::insert_session(*slow, session, subject, "a hash", stamp())->has_value());
    std::thread changing([&] { changes(*other); });
    wait_for_blocked(1);
    transaction.commit();
    changing.join();
    return {ann.user, *session.id, session.token_hash};
  }
  std::string profile_outcome(const TestUser& who) {
    return outcome(store::find_own_profile(service, who.profile_access()));
  }
};

BOOST_FIXTURE_TEST_SUITE(auth_epoch, EpochFixture)

BOOST_AUTO_TEST_CASE(login_during_a_password_change_is_invalidated) {
  std::string changed;
  const TestUser late = log_in_while([&](db::Connection& connection) {
    changed =
        outcome(store::change_password(connection, ann.profile_access(), "a hash", "a new hash", stamp()));
  });
  BOOST_TEST(changed == "ok");
  BOOST_TEST(profile_outcome(late) == "invalid_token");
  BOOST_TEST(outcome(store::rotate_token(service, late.presented(), new_token(), kHour, stamp())) ==
             "invalid_token");
  BOOST_TEST(profile_outcome(ann) == "ok");
  const auto listed = store::list_sessions(service, ann.profile_access());
  BOOST_TEST_REQUIRE(outcome(listed) == "ok");
  BOOST_TEST(listed->size() == 1U);
  BOOST_TEST(outcome(store::end_session(service, ann.profile_access(), late.session, stamp())) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(login_during_a_password_reset_is_invalidated) {
  execute("update taskward.users set email = 'ann@example.com'");
  BOOST_TEST_REQUIRE(outcome(domain::request_password_reset(resources, "ann@example.com", origin)) == "ok");
  const auto mail = queued_mail().back();
  std::string changed;
  const TestUser late = log_in_while([&](db::Connection& connection) {
    const domain::SubmittedCode code{Secret(mail.fields.at("code")), std::nullopt};
    changed = outcome(domain::reset_password(resources_on(connection), "ann@example.com", code,
                                             Secret("a new long secret"), origin));
  });
  BOOST_TEST(changed == "ok");
  BOOST_TEST(profile_outcome(late) == "invalid_token");
  BOOST_TEST(profile_outcome(ann) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(request_waiting_for_a_reset_cannot_use_the_ended_session) {
  const auto first = connect();
  const auto other = connect();
  first->connect();
  std::string renamed;
  {
    db::Transaction transaction(*first);
    first->execute("update taskward.users set auth_epoch = auth_epoch + 1");
    std::thread waiting([&] {
      renamed =
          outcome(store::change_profile(*other, ann.profile_access(), {"Mallory", std::nullopt}, stamp()));
    });
    wait_for_blocked(1);
    transaction.commit();
    waiting.join();
  }
  BOOST_TEST(renamed != "ok");
  BOOST_TEST(text("select coalesce(name, '-') from taskward.users") == "-");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
