// Exchanging a refresh token for the next one.
#include "fixture.hpp"
#include "taskward/store/sessions.hpp"
#include "taskward/store/users.hpp"

namespace taskward::testing {
namespace {

struct RotationFixture : StoreFixture {
  TestUser ann = new_user();

  Result<model::User> rotate(const store::PresentedToken& token, const crypto::Sha256& next) {
    return store::rotate_token(service, token, next, kHour, stamp());
  }
  std::string refusal(const store::PresentedToken& token) { return outcome(rotate(token, new_hash())); }
  /// Moves every use of a token into the past.
  void advance_time(const std::string& interval) {
    execute("update taskward.refresh_tokens set used_at = used_at - interval '" + interval + "'");
  }
  std::int64_t live_tokens() {
    return count_rows("refresh_tokens where used_at is null and expires_at > now()");
  }
};

BOOST_FIXTURE_TEST_SUITE(refresh_token_rotation, RotationFixture)

BOOST_AUTO_TEST_CASE(live_token_is_exchanged_for_the_next_one) {
  TestUser next = ann;
  next.token = new_hash();
  auto user = rotate(ann.presented(), next.token);
  BOOST_TEST_REQUIRE(outcome(user) == "ok");
  BOOST_TEST((user->id == ann.user));
  BOOST_TEST(live_tokens() == 1);
  BOOST_TEST(refusal(ann.presented()) == "refresh_token_reused");
  BOOST_TEST(outcome(rotate(next.presented(), new_hash())) == "ok");
}

BOOST_AUTO_TEST_CASE(rotation_extends_the_session_and_records_the_client) {
  execute(
      "update taskward.sessions set expires_at = now() + interval '1 minute', last_used_at = now() - "
      "interval '1 day'");
  origin = {"request-2", "2001:db8::1", "another agent"};
  BOOST_TEST_REQUIRE(outcome(rotate(ann.presented(), new_hash())) == "ok");
  BOOST_TEST(count_rows("sessions where expires_at = last_used_at + interval '1 hour'"
                        " and host(client_address) = '2001:db8::1' and user_agent = 'another agent'") == 1);
}

BOOST_AUTO_TEST_CASE(rotation_is_recorded) {
  BOOST_TEST_REQUIRE(outcome(rotate(ann.presented(), new_hash())) == "ok");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "session.refresh success -");
  BOOST_TEST(records[0].actor == ann.user.text());
  BOOST_TEST(records[0].actor_role == "user");
  BOOST_TEST(records[0].object == ann.session.text());
  BOOST_TEST(records[0].request == "request-1");
}

BOOST_AUTO_TEST_CASE(reuse_within_the_race_window_is_refused_and_the_session_survives) {
  BOOST_TEST_REQUIRE(outcome(rotate(ann.presented(), new_hash())) == "ok");
  advance_time("9 seconds");
  BOOST_TEST(refusal(ann.presented()) == "refresh_token_reused");
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(live_tokens() == 1);
  BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_race");
}

BOOST_AUTO_TEST_CASE(reuse_after_the_race_window_ends_the_session) {
  TestUser next = ann;
  next.token = new_hash();
  const TestUser elsewhere = new_session(ann);
  BOOST_TEST_REQUIRE(outcome(rotate(ann.presented(), next.token)) == "ok");
  advance_time("11 seconds");
  BOOST_TEST(refusal(ann.presented()) == "refresh_token_reused");
  BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_token_reused");
  BOOST_TEST(text("select revoked_reason from taskward.sessions where revoked_at is not null") ==
             "refresh_token_reused");
  BOOST_TEST(!is_alive(ann));
  BOOST_TEST(is_alive(elsewhere));
  BOOST_TEST(refusal(next.presented()) == "invalid_token");
  BOOST_TEST(outcome(store::find_own_profile(service, ann.profile_access())) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(third_use_is_refused_and_changes_nothing) {
  BOOST_TEST_REQUIRE(outcome(rotate(ann.presented(), new_hash())) == "ok");
  advance_time("11 seconds");
  BOOST_TEST(refusal(ann.presented()) == "refresh_token_reused");
  const std::string when = text("select revoked_at::text from taskward.sessions");
  BOOST_TEST(refusal(ann.presented()) == "refresh_token_reused");
  BOOST_TEST(text("select revoked_at::text from taskward.sessions") == when);
}

BOOST_AUTO_TEST_CASE(token_of_another_session_or_user_is_unknown) {
  const TestUser same_user = new_session(ann);
  const TestUser bob = new_user();
  BOOST_TEST(refusal({ann.user, same_user.session, ann.token}) == "invalid_token");
  BOOST_TEST(refusal({bob.user, ann.session, ann.token}) == "invalid_token");
  BOOST_TEST(refusal({bob.user, bob.session, ann.token}) == "invalid_token");
  BOOST_TEST(live_tokens() == 3);
}

BOOST_AUTO_TEST_CASE(unknown_token_is_refused_and_recorded) {
  BOOST_TEST(refusal({ann.user, ann.session, new_hash()}) == "invalid_token");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "session.refresh failure unknown_token");
  BOOST_TEST(records[0].actor == "-");
  BOOST_TEST(live_tokens() == 1);
  BOOST_TEST(is_alive(ann));
}

BOOST_AUTO_TEST_CASE(expired_token_is_refused) {
  execute("update taskward.refresh_tokens set expires_at = now()");
  BOOST_TEST(refusal(ann.presented()) == "invalid_token");
  BOOST_TEST(audit_lines().back() == "session.refresh failure token_expired");
  BOOST_TEST(count_rows("refresh_tokens") == 1);
}

BOOST_AUTO_TEST_CASE(token_of_an_ended_session_is_refused) {
  revoke(ann);
  BOOST_TEST(refusal(ann.presented()) == "invalid_token");
  BOOST_TEST(audit_lines().back() == "session.refresh failure session_ended");
  const TestUser bob = new_user();
  expire(bob);
  BOOST_TEST(refusal(bob.presented()) == "invalid_token");
  BOOST_TEST(audit_lines().back() == "session.refresh failure session_ended");
  BOOST_TEST(count_rows("refresh_tokens") == 2);
}

BOOST_AUTO_TEST_CASE(token_of_an_inactive_user_is_refused) {
  deactivate(ann);
  BOOST_TEST(refusal(ann.presented()) == "invalid_token");
  BOOST_TEST(audit_lines().back() == "session.refresh failure account_inactive");
  BOOST_TEST(live_tokens() == 1);
}

BOOST_AUTO_TEST_CASE(answer_contains_the_current_role) {
  set_role(ann, model::Role::admin);
  auto user = rotate(ann.presented(), new_hash());
  BOOST_TEST_REQUIRE(outcome(user) == "ok");
  BOOST_TEST((user->role == model::Role::admin));
}

BOOST_AUTO_TEST_CASE(failed_rotation_keeps_the_old_token_and_records_nothing) {
  // The hash of the next token already exists, which violates the primary key.
  BOOST_CHECK_THROW(static_cast<void>(rotate(ann.presented(), ann.token)), db::StatementFailed);
  BOOST_TEST(audit().empty());
  BOOST_TEST(outcome(rotate(ann.presented(), new_hash())) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
