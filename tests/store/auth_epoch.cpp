// A change of the password ends what was begun with the old one, also what begins at that very moment.
#include <atomic>
#include <thread>

#include "taskward/store/logins.hpp"
#include "taskward/store/passwords.hpp"
#include "taskward/store/profile.hpp"
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

struct EpochFixture : WayInFixture {
  Someone ann = someone(model::Role::user, "ann");
  const store::LockSubject subject{store::LockSubject::Kind::username, "a subject"};

  /// A login with the old password that has got as far as its commit, and goes on when the other is waiting.
  /// Gives its session.
  Someone log_in_while(const std::function<void(db::Connection&)>& changes) {
    const auto slow = connect();
    const auto other = connect();
    slow->connect();
    const store::NewSession session{ann.user, new_id<SessionId>(), new_hash(), kHour};
    db::Transaction transaction(*slow);
    BOOST_TEST_REQUIRE(store::insert_session(*slow, session, subject, "a hash", stamp())->has_value());
    std::thread changing([&] { changes(*other); });
    wait_for_lock(1);
    transaction.commit();
    changing.join();
    return {ann.user, session.id, session.token_hash};
  }
  std::string profile_of(const Someone& who) {
    return outcome(store::find_own_profile(service, who.profile()));
  }
};

BOOST_FIXTURE_TEST_SUITE(auth_epoch, EpochFixture)

BOOST_AUTO_TEST_CASE(a_login_during_a_change_of_the_password_is_over_when_it_is_done) {
  std::string changed;
  const Someone late = log_in_while([&](db::Connection& connection) {
    changed = outcome(store::change_password(connection, ann.profile(), "a hash", "a new hash", stamp()));
  });
  BOOST_TEST(changed == "ok");
  BOOST_TEST(profile_of(late) == "invalid_token");
  BOOST_TEST(outcome(store::rotate_token(service, late.presented(), new_hash(), kHour, stamp())) ==
             "invalid_token");
  BOOST_TEST(profile_of(ann) == "ok");
  const auto listed = store::list_sessions(service, ann.profile());
  BOOST_TEST_REQUIRE(outcome(listed) == "ok");
  BOOST_TEST(listed->size() == 1U);
  BOOST_TEST(outcome(store::end_session(service, ann.profile(), late.session, stamp())) == "not_found");
}

BOOST_AUTO_TEST_CASE(a_login_during_a_reset_is_over_when_it_is_done) {
  execute("update taskward.users set email = 'ann@example.com'");
  BOOST_TEST_REQUIRE(outcome(domain::request_password_reset(resources, "ann@example.com", origin)) == "ok");
  const auto mail = mails().back();
  std::string changed;
  const Someone late = log_in_while([&](db::Connection& connection) {
    const domain::GivenCode code{Secret(mail.fields.at("code")), std::nullopt};
    changed = outcome(
        domain::reset_password(on(connection), "ann@example.com", code, Secret("a new long secret"), origin));
  });
  BOOST_TEST(changed == "ok");
  BOOST_TEST(profile_of(late) == "invalid_token");
  BOOST_TEST(profile_of(ann) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_reset_does_not_act_for_the_session_that_it_ended) {
  const auto first = connect();
  const auto other = connect();
  first->connect();
  std::string renamed;
  {
    db::Transaction transaction(*first);
    first->execute("update taskward.users set auth_epoch = auth_epoch + 1");
    std::thread waiting([&] {
      renamed = outcome(store::change_profile(*other, ann.profile(), {"Mallory", std::nullopt}, stamp()));
    });
    wait_for_lock(1);
    transaction.commit();
    waiting.join();
  }
  BOOST_TEST(renamed != "ok");
  BOOST_TEST(text("select coalesce(name, '-') from taskward.users") == "-");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
