// Ending sessions by either kind of token.
#include "fixture.hpp"
#include "taskward/store/sessions.hpp"

namespace taskward::testing {
namespace {

using model::LogoutScope;

struct LogoutFixture : StoreFixture {
  TestUser here = new_user();
  TestUser elsewhere = new_session(here);
  TestUser bob = new_user();

  Result<Done> by_access(LogoutScope scope) {
    return store::revoke_sessions(service, here.profile_access(), scope, stamp());
  }
  Result<Done> by_refresh(LogoutScope scope) {
    return store::revoke_sessions(service, here.presented(), scope, stamp());
  }
  /// Exchanges the token of the session for another.
  void mark_token_used(const std::string& ago) {
    const std::string id = "'" + here.session.text() + "'";
    const std::string moment = "now() - interval '" + ago + "'";
    if (here.is_former)
      execute("update taskward.refresh_tokens set used_at = " + moment + " where session_id = " + id);
    else
      execute(
          "update taskward.sessions set previous_token_hash = token_hash, token_hash = sha256('next'),"
          " token_issued_at = now(), last_used_at = " +
          moment + " where id = " + id);
  }
  /// The session was begun by an older release.
  void use_former_token() { here = new_former_session(here); }
  /// The live ones of the three sessions.
  std::string alive() {
    std::string out;
    if (is_alive(here)) out += "here ";
    if (is_alive(elsewhere)) out += "elsewhere ";
    if (is_alive(bob)) out += "bob";
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(logout, LogoutFixture)

BOOST_AUTO_TEST_CASE(access_token_ends_its_session) {
  BOOST_TEST(outcome(by_access(LogoutScope::session)) == "ok");
  BOOST_TEST(alive() == "elsewhere bob");
}

BOOST_AUTO_TEST_CASE(access_token_ends_the_other_sessions) {
  BOOST_TEST(outcome(by_access(LogoutScope::others)) == "ok");
  BOOST_TEST(alive() == "here bob");
}

BOOST_AUTO_TEST_CASE(access_token_ends_all_sessions_of_its_user) {
  BOOST_TEST(outcome(by_access(LogoutScope::all)) == "ok");
  BOOST_TEST(alive() == "bob");
}

BOOST_AUTO_TEST_CASE(refresh_token_ends_its_session) {
  BOOST_TEST(outcome(by_refresh(LogoutScope::session)) == "ok");
  BOOST_TEST(alive() == "elsewhere bob");
}

BOOST_AUTO_TEST_CASE(refresh_token_ends_the_other_sessions) {
  BOOST_TEST(outcome(by_refresh(LogoutScope::others)) == "ok");
  BOOST_TEST(alive() == "here bob");
}

BOOST_AUTO_TEST_CASE(refresh_token_ends_all_sessions_of_its_user) {
  BOOST_TEST(outcome(by_refresh(LogoutScope::all)) == "ok");
  BOOST_TEST(alive() == "bob");
}

BOOST_AUTO_TEST_CASE(logout_is_recorded_once_with_its_scope) {
  BOOST_TEST_REQUIRE(outcome(by_access(LogoutScope::others)) == "ok");
  BOOST_TEST_REQUIRE(outcome(by_refresh(LogoutScope::all)) == "ok");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  BOOST_TEST(records[0].line() == "session.logout success others");
  BOOST_TEST(records[1].line() == "session.logout success all");
  for (const AuditRow& record : records) {
    BOOST_TEST(record.actor == here.user.text());
    BOOST_TEST(record.actor_role == "user");
    BOOST_TEST(record.object_type == "session");
    BOOST_TEST(record.object == here.session.text());
    BOOST_TEST(record.request == "request-1");
    BOOST_TEST(record.address == "192.0.2.7");
    BOOST_TEST(record.agent == "a test");
  }
}

BOOST_AUTO_TEST_CASE(second_logout_is_refused_and_not_recorded) {
  BOOST_TEST_REQUIRE(outcome(by_access(LogoutScope::session)) == "ok");
  clear_audit();
  for (const LogoutScope scope : {LogoutScope::session, LogoutScope::others, LogoutScope::all}) {
    BOOST_TEST(outcome(by_access(scope)) == "invalid_token");
    BOOST_TEST(outcome(by_refresh(scope)) == "invalid_token");
  }
  BOOST_TEST(alive() == "elsewhere bob");
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(used_token_ends_only_its_own_session_for_any_scope) {
  for (const LogoutScope scope : {LogoutScope::all, LogoutScope::others, LogoutScope::session}) {
    for (const bool is_former : {true, false}) {
      revoke(here);
      here = is_former ? new_former_session(elsewhere) : new_session(elsewhere);
      mark_token_used("11 seconds");
      clear_audit();
      BOOST_TEST(outcome(by_refresh(scope)) == "refresh_token_reused");
      BOOST_TEST(alive() == "elsewhere bob");
      const auto records = audit();
      BOOST_TEST_REQUIRE(records.size() == 1U);
      BOOST_TEST(records[0].line() == "session.logout failure refresh_token_reused");
      BOOST_TEST(text("select revoked_reason from taskward.sessions where id = '" + here.session.text() +
                      "'") == "refresh_token_reused");
    }
  }
}

BOOST_AUTO_TEST_CASE(token_used_a_moment_ago_ends_the_sessions_in_the_scope) {
  for (const bool is_former : {true, false}) {
    revoke(here);
    here = is_former ? new_former_session(elsewhere) : new_session(elsewhere);
    mark_token_used("9 seconds");
    BOOST_TEST(outcome(by_refresh(LogoutScope::session)) == "ok");
    BOOST_TEST(alive() == "elsewhere bob");
  }
  here = new_session(elsewhere);
  mark_token_used("9 seconds");
  BOOST_TEST(outcome(by_refresh(LogoutScope::all)) == "ok");
  BOOST_TEST(alive() == "bob");
}

BOOST_AUTO_TEST_CASE(former_token_ends_the_sessions_in_the_scope) {
  revoke(here);
  use_former_token();
  BOOST_TEST(outcome(by_refresh(LogoutScope::others)) == "ok");
  BOOST_TEST(alive() == "here bob");
  BOOST_TEST(outcome(by_refresh(LogoutScope::all)) == "ok");
  BOOST_TEST(alive() == "bob");
  BOOST_TEST(outcome(by_refresh(LogoutScope::all)) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(token_older_than_the_previous_one_ends_its_session) {
  here.token = new_hash();
  BOOST_TEST(outcome(by_refresh(LogoutScope::all)) == "refresh_token_reused");
  BOOST_TEST(alive() == "elsewhere bob");
}

BOOST_AUTO_TEST_CASE(unknown_or_mismatched_refresh_token_ends_nothing) {
  const auto attempt = [&](const store::PresentedToken& token) {
    return outcome(store::revoke_sessions(service, token, LogoutScope::all, stamp()));
  };
  BOOST_TEST(attempt({here.user, bob.session, here.token}) == "invalid_token");
  BOOST_TEST(attempt({here.user, new_id<SessionId>(), here.token}) == "invalid_token");
  for (const TestUser& one : {here, new_former_session(bob)})
    BOOST_TEST(attempt({one.user, one.session, new_hash(), true}) == "invalid_token");
  BOOST_TEST(attempt({here.user, here.session, new_former_session(here).token, true}) == "invalid_token");
  BOOST_TEST(alive() == "here elsewhere bob");
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(session_of_another_user_is_refused) {
  const auto access = AnyAccess::of<model::Permission::own_profile>(bob.user, here.session);
  BOOST_TEST(outcome(store::revoke_sessions(service, access, LogoutScope::all, stamp())) == "invalid_token");
  BOOST_TEST(alive() == "here elsewhere bob");
}

BOOST_AUTO_TEST_CASE(inactive_user_is_refused) {
  deactivate(here);
  BOOST_TEST(outcome(by_access(LogoutScope::session)) == "invalid_token");
  BOOST_TEST(outcome(by_refresh(LogoutScope::session)) == "invalid_token");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
