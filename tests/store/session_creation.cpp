// The statement that starts a session, and the records of refused logins.
#include "fixture.hpp"
#include "taskward/store/logins.hpp"
#include "taskward/store/sessions.hpp"
#include "taskward/store/users.hpp"

namespace taskward::testing {
namespace {

using store::LoginFailure;

struct LoginFixture : StoreFixture {
  TestUser ann = new_user(model::Role::user, "ann");

  store::NewSession session() { return {ann.user, new_id<SessionId>(), new_hash(), kHour}; }
  const store::LockSubject subject{store::LockSubject::Kind::username, "a subject"};
  bool start(const store::NewSession& session, std::string_view hash = "a hash") {
    const auto user = store::insert_session(service, session, subject, hash, stamp());
    BOOST_TEST_REQUIRE(outcome(user) == "ok");
    return user->has_value();
  }
  std::string fail(const std::optional<UserId>& user, LoginFailure failure) {
    return outcome(store::count_failed_login(service, model::AuditAction::session_login, subject, user,
                                             failure, new_id<AuditId>(), stamp()));
  }
};

BOOST_FIXTURE_TEST_SUITE(session_creation, LoginFixture)

BOOST_AUTO_TEST_CASE(new_session_is_live_and_its_refresh_token_works) {
  const auto session = this->session();
  const auto started = store::insert_session(service, session, subject, "a hash", stamp());
  BOOST_TEST_REQUIRE(outcome(started) == "ok");
  const auto& user = *started;
  BOOST_TEST_REQUIRE(user.has_value());
  BOOST_TEST((user->user.id == ann.user));
  BOOST_TEST(user->user.username.value() == "ann");
  const TestUser now{ann.user, *session.id, session.token_hash};
  BOOST_TEST(outcome(store::find_own_profile(service, now.profile_access())) == "ok");
  BOOST_TEST(outcome(store::rotate_token(service, now.presented(), new_token(), kHour, stamp())) == "ok");
}

BOOST_AUTO_TEST_CASE(session_is_one_row_with_the_requested_lifetime) {
  const auto session = this->session();
  BOOST_TEST_REQUIRE(start(session));
  BOOST_TEST(count_rows("refresh_tokens") == 0);
  BOOST_TEST(count_rows("sessions s where s.expires_at - s.created_at = interval '1 hour' and s.id = '" +
                        session.id->text() +
                        "' and host(s.client_address) = '192.0.2.7' and s.user_agent = 'a test'") == 1);
}

BOOST_AUTO_TEST_CASE(login_is_recorded_with_its_session) {
  const auto session = this->session();
  BOOST_TEST_REQUIRE(start(session));
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "session.login success -");
  BOOST_TEST(records[0].actor == ann.user.text());
  BOOST_TEST(records[0].actor_role == "user");
  BOOST_TEST(records[0].object_type == "session");
  BOOST_TEST(records[0].object == session.id->text());
  BOOST_TEST(records[0].request == "request-1");
}

BOOST_AUTO_TEST_CASE(password_changed_concurrently_starts_no_session) {
  execute("update taskward.users set password_hash = 'another hash'");
  BOOST_TEST(!start(session()));
  execute("update taskward.users set password_hash = null");
  BOOST_TEST(!start(session()));
  BOOST_TEST(count_rows("sessions") == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(account_deactivated_concurrently_starts_no_session) {
  deactivate(ann);
  BOOST_TEST(!start(session()));
  BOOST_TEST(count_rows("sessions") == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(deleted_account_starts_no_session) {
  execute("delete from taskward.users");
  BOOST_TEST(!start(session()));
  BOOST_TEST(count_rows("sessions") == 0);
}

BOOST_AUTO_TEST_CASE(failed_login_is_recorded_with_its_reason_but_no_name) {
  BOOST_TEST(fail(std::nullopt, LoginFailure::unknown_account) == "ok");
  BOOST_TEST(fail(ann.user, LoginFailure::wrong_password) == "ok");
  BOOST_TEST(fail(ann.user, LoginFailure::no_password) == "ok");
  BOOST_TEST(fail(ann.user, LoginFailure::account_inactive) == "ok");
  const auto records = audit();
  BOOST_TEST(
      audit_lines() == (Lines{"session.login failure unknown_account", "session.login failure wrong_password",
                              "session.login failure no_password", "session.login failure account_inactive"}),
      boost::test_tools::per_element());
  BOOST_TEST(records[0].object == "-");
  BOOST_TEST(records[0].object_type == "-");
  BOOST_TEST(records[1].object == ann.user.text());
  for (const AuditRow& record : records) {
    // The caller's identity is not proven.
    BOOST_TEST(record.actor == "-");
    BOOST_TEST(record.address == "192.0.2.7");
  }
  BOOST_TEST(count_rows("audit a where a::text like '%ann%'") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
