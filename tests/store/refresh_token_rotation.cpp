// Exchanging a refresh token for the next one.
#include <variant>

#include "fixture.hpp"
#include "taskward/store/sessions.hpp"
#include "taskward/store/users.hpp"

namespace taskward::testing {
namespace {

struct RotationFixture : StoreFixture {
  TestUser ann = new_user();
  const model::Origin here = origin;
  const model::Origin other_address{"request-2", "2001:db8::1", "a test"};
  const model::Origin other_agent{"request-3", "192.0.2.7", "another agent"};

  Result<store::Rotation> rotate(const TestUser& who, const store::IssuedToken& next) {
    return store::rotate_token(service, who.presented(), next, kHour, stamp());
  }
  /// Exchanges the user's token for `next`. Returns the user with that.
  TestUser rotated(const TestUser& who, const store::IssuedToken& next) {
    auto done = rotate(who, next);
    BOOST_TEST_REQUIRE(outcome(done) == "ok");
    BOOST_TEST_REQUIRE(std::holds_alternative<model::LiveSession>(*done));
    TestUser now = who;
    now.token = next.hash;
    now.is_former = false;
    return now;
  }
  TestUser rotated(const TestUser& who) { return rotated(who, new_token()); }
  /// With a token that was never granted.
  std::string refusal(const TestUser& who) { return outcome(rotate(who, new_token())); }
  std::string grant_again(const TestUser& who, const std::optional<crypto::Sha256>& successor) {
    return outcome(store::grant_again(service, who.presented(), successor, stamp()));
  }
  /// Moves every rotation into the past.
  void advance_time(const std::string& interval) {
    execute("update taskward.sessions set last_used_at = last_used_at - interval '" + interval + "'");
    execute("update taskward.refresh_tokens set used_at = used_at - interval '" + interval + "'");
  }
  bool is_current(const TestUser& who) {
    return owner
        .query("select token_hash is not distinct from $2::bytea from taskward.sessions where id = $1::uuid",
               db::Params().id(who.session).bytes(crypto::view(who.token)))
        .row(0)
        .boolean();
  }
  /// The row of the session, to check that nothing has changed.
  std::string row_of(const TestUser& who) {
    return text("select s::text from taskward.sessions s where id = '" + who.session.text() + "'");
  }
};

BOOST_FIXTURE_TEST_SUITE(refresh_token_rotation, RotationFixture)

BOOST_AUTO_TEST_CASE(live_token_is_exchanged_for_the_next_one) {
  auto user = rotate(ann, new_token());
  BOOST_TEST_REQUIRE(outcome(user) == "ok");
  BOOST_TEST((std::get<model::LiveSession>(*user).user.id == ann.user));
  BOOST_TEST(!is_current(ann));
}

BOOST_AUTO_TEST_CASE(successive_rotations_update_one_row_in_place) {
  TestUser now = ann;
  for (int i = 0; i < 20; ++i) now = rotated(now);
  BOOST_TEST(is_current(now));
  BOOST_TEST(count_rows("sessions") == 1);
  BOOST_TEST(count_rows("refresh_tokens") == 0);
  service.disconnect();
  // The statistics of a backend are reported when it ends.
  BOOST_TEST(wait_until(
      [&] { return number("select n_tup_upd from pg_stat_user_tables where relname = 'sessions'") == 20; }));
  BOOST_TEST(number("select n_tup_hot_upd from pg_stat_user_tables where relname = 'sessions'") == 20);
}

BOOST_AUTO_TEST_CASE(rotation_extends_the_session_and_records_the_client) {
  execute(
      "update taskward.sessions set expires_at = now() + interval '1 minute', last_used_at = now() - "
      "interval '1 day'");
  origin = {"request-2", "2001:db8::1", "another agent"};
  static_cast<void>(rotated(ann));
  BOOST_TEST(count_rows("sessions where expires_at = last_used_at + interval '1 hour'"
                        " and host(client_address) = '2001:db8::1' and user_agent = 'another agent'") == 1);
}

BOOST_AUTO_TEST_CASE(rotation_is_recorded) {
  static_cast<void>(rotated(ann));
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "session.refresh success -");
  BOOST_TEST(records[0].actor == ann.user.text());
  BOOST_TEST(records[0].actor_role == "user");
  BOOST_TEST(records[0].object == ann.session.text());
  BOOST_TEST(records[0].request == "request-1");
}

BOOST_AUTO_TEST_CASE(same_client_is_granted_the_same_successor_again) {
  const store::IssuedToken next = new_token();
  const TestUser now = rotated(ann, next);
  advance_time("9 seconds");
  clear_audit();
  const std::string row = row_of(ann);
  for (int i = 0; i < 3; ++i) {
    auto again = rotate(ann, next);
    BOOST_TEST_REQUIRE(outcome(again) == "ok");
    BOOST_TEST((std::get<model::LiveSession>(*again).user.id == ann.user));
  }
  BOOST_TEST(row_of(ann) == row);
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 3U);
  BOOST_TEST(records[0].line() == "session.refresh success successor_resent");
  BOOST_TEST(records[0].actor == ann.user.text());
  BOOST_TEST(records[0].object == ann.session.text());
  static_cast<void>(rotated(now));
}

BOOST_AUTO_TEST_CASE(successor_of_another_time_is_asked_for_and_then_granted_or_refused) {
  const store::IssuedToken next{new_hash(), clock.now() - std::chrono::seconds(5) -
                                                clock.now().time_since_epoch() % std::chrono::seconds(1)};
  const TestUser now = rotated(ann, next);
  clear_audit();
  auto asked = rotate(ann, new_token());
  BOOST_TEST_REQUIRE(outcome(asked) == "ok");
  BOOST_TEST_REQUIRE(std::holds_alternative<store::IssuedToken>(*asked));
  BOOST_TEST((std::get<store::IssuedToken>(*asked).hash == next.hash));
  BOOST_TEST((std::get<store::IssuedToken>(*asked).issued_at ==
              std::chrono::floor<std::chrono::seconds>(next.issued_at)));
  BOOST_TEST(audit().empty());

  BOOST_TEST(grant_again(ann, next.hash) == "ok");
  // It cannot be made again, for example because its key has been revoked.
  BOOST_TEST(grant_again(ann, std::nullopt) == "refresh_token_reused");
  BOOST_TEST(grant_again(ann, new_hash()) == "refresh_token_reused");
  BOOST_TEST(audit_lines() ==
                 (Lines{"session.refresh success successor_resent", "session.refresh failure refresh_race",
                        "session.refresh failure refresh_race"}),
             boost::test_tools::per_element());
  BOOST_TEST(is_current(now));
  BOOST_TEST(is_alive(ann));
}

BOOST_AUTO_TEST_CASE(granting_again_never_rotates) {
  BOOST_TEST(grant_again(ann, new_hash()) == "refresh_token_reused");
  BOOST_TEST(is_current(ann));
  const TestUser former = new_former_session(ann);
  BOOST_TEST(grant_again(former, new_hash()) == "refresh_token_reused");
  BOOST_TEST(count_rows("refresh_tokens where used_at is null") == 1);
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(is_alive(former));
}

BOOST_AUTO_TEST_CASE(other_client_is_refused_within_the_race_window_and_the_session_survives) {
  const store::IssuedToken next = new_token();
  const TestUser now = rotated(ann, next);
  for (const model::Origin& other : {other_address, other_agent, model::Origin{"request-4", "", "a test"}}) {
    origin = other;
    BOOST_TEST(outcome(rotate(ann, next)) == "refresh_token_reused");
    BOOST_TEST(grant_again(ann, next.hash) == "refresh_token_reused");
    BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_race");
  }
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(is_current(now));
  origin = here;
  BOOST_TEST(outcome(rotate(ann, next)) == "ok");
}

BOOST_AUTO_TEST_CASE(client_without_an_address_is_not_the_same) {
  origin = {"request-1", "", "a test"};
  const store::IssuedToken next = new_token();
  static_cast<void>(rotated(ann, next));
  BOOST_TEST(outcome(rotate(ann, next)) == "refresh_token_reused");
  BOOST_TEST(is_alive(ann));
}

BOOST_AUTO_TEST_CASE(client_without_a_user_agent_is_recognized) {
  origin = {"request-1", "192.0.2.7", ""};
  const store::IssuedToken next = new_token();
  static_cast<void>(rotated(ann, next));
  BOOST_TEST(outcome(rotate(ann, next)) == "ok");
}

BOOST_AUTO_TEST_CASE(used_successor_is_not_granted_again) {
  const store::IssuedToken next = new_token();
  const TestUser second = rotated(ann, next);
  const TestUser third = rotated(second);
  BOOST_TEST(is_current(third));
  BOOST_TEST(outcome(rotate(ann, next)) == "refresh_token_reused");
  BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_token_reused");
  BOOST_TEST(!is_alive(ann));
}

BOOST_AUTO_TEST_CASE(reuse_after_the_race_window_ends_the_session) {
  const TestUser elsewhere = new_session(ann);
  const store::IssuedToken token = new_token();
  const TestUser next = rotated(ann, token);
  advance_time("11 seconds");
  BOOST_TEST(outcome(rotate(ann, token)) == "refresh_token_reused");
  BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_token_reused");
  BOOST_TEST(text("select revoked_reason from taskward.sessions where revoked_at is not null") ==
             "refresh_token_reused");
  BOOST_TEST(!is_alive(ann));
  BOOST_TEST(is_alive(elsewhere));
  BOOST_TEST(refusal(next) == "invalid_token");
  BOOST_TEST(outcome(store::find_own_profile(service, ann.profile_access())) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(third_use_is_refused_and_changes_nothing) {
  static_cast<void>(rotated(ann));
  advance_time("11 seconds");
  BOOST_TEST(refusal(ann) == "refresh_token_reused");
  const std::string row = row_of(ann);
  BOOST_TEST(refusal(ann) == "refresh_token_reused");
  BOOST_TEST(row_of(ann) == row);
}

BOOST_AUTO_TEST_CASE(token_older_than_the_previous_one_ends_the_session) {
  const TestUser now = rotated(rotated(ann));
  advance_time("1 day");
  BOOST_TEST(refusal(ann) == "refresh_token_reused");
  BOOST_TEST(!is_alive(now));
}

BOOST_AUTO_TEST_CASE(token_of_an_unknown_session_is_refused_and_recorded) {
  const TestUser bob = new_user();
  TestUser unknown = ann;
  unknown.session = bob.session;
  BOOST_TEST(refusal(unknown) == "invalid_token");
  unknown.session = new_id<SessionId>();
  BOOST_TEST(refusal(unknown) == "invalid_token");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  BOOST_TEST(records[0].line() == "session.refresh failure unknown_token");
  BOOST_TEST(records[0].actor == "-");
  BOOST_TEST((is_current(ann) && is_alive(ann) && is_current(bob) && is_alive(bob)));
}

BOOST_AUTO_TEST_CASE(token_of_an_ended_session_is_refused) {
  const store::IssuedToken next = new_token();
  const TestUser carl = new_user();
  const TestUser carl_now = rotated(carl, next);
  const TestUser bob = new_user();
  revoke(ann);
  expire(bob);
  revoke(carl);
  for (const TestUser& one : {ann, bob, carl_now}) {
    const std::string row = row_of(one);
    BOOST_TEST(refusal(one) == "invalid_token");
    BOOST_TEST(audit_lines().back() == "session.refresh failure session_ended");
    BOOST_TEST(row_of(one) == row);
  }
  // A successor is not granted again either.
  BOOST_TEST(outcome(rotate(carl, next)) == "invalid_token");
  BOOST_TEST(grant_again(carl, next.hash) == "invalid_token");
  BOOST_TEST(audit_lines().back() == "session.refresh failure session_ended");
}

BOOST_AUTO_TEST_CASE(session_of_an_earlier_epoch_is_refused) {
  const store::IssuedToken next = new_token();
  const TestUser now = rotated(ann, next);
  execute("update taskward.users set auth_epoch = auth_epoch + 1");
  BOOST_TEST(refusal(now) == "invalid_token");
  BOOST_TEST(outcome(rotate(ann, next)) == "invalid_token");
  BOOST_TEST(audit_lines().back() == "session.refresh failure session_ended");
}

BOOST_AUTO_TEST_CASE(token_of_an_inactive_user_is_refused) {
  const store::IssuedToken next = new_token();
  const TestUser now = rotated(ann, next);
  deactivate(ann);
  BOOST_TEST(refusal(now) == "invalid_token");
  BOOST_TEST(audit_lines().back() == "session.refresh failure account_inactive");
  BOOST_TEST(outcome(rotate(ann, next)) == "invalid_token");
  BOOST_TEST(audit_lines().back() == "session.refresh failure account_inactive");
  BOOST_TEST(is_current(now));
}

BOOST_AUTO_TEST_CASE(answer_contains_the_current_role) {
  set_role(ann, model::Role::admin);
  const store::IssuedToken next = new_token();
  for (int i = 0; i < 2; ++i) {
    auto user = rotate(ann, next);
    BOOST_TEST_REQUIRE(outcome(user) == "ok");
    BOOST_TEST((std::get<model::LiveSession>(*user).user.role == model::Role::admin));
    set_role(ann, model::Role::admin);
  }
}

BOOST_AUTO_TEST_CASE(failed_rotation_keeps_the_old_token_and_records_nothing) {
  execute("alter table taskward.audit add constraint nothing_more check (false) not valid");
  BOOST_CHECK_THROW(static_cast<void>(rotate(ann, new_token())), db::StatementFailed);
  execute("alter table taskward.audit drop constraint nothing_more");
  BOOST_TEST(audit().empty());
  BOOST_TEST(is_current(ann));
  static_cast<void>(rotated(ann));
}

BOOST_AUTO_TEST_SUITE_END()

/// Sessions begun by an older release, whose tokens are in taskward.refresh_tokens.
struct FormerFixture : RotationFixture {
  TestUser bob = new_former_session(ann);

  /// What a worker of the older release does: marks the token as used and stores the next one. Returns the
  /// user with that.
  TestUser rotated_by_old_worker(const TestUser& who) {
    TestUser now = who;
    now.token = new_hash();
    const auto used = owner.query(
        "update taskward.refresh_tokens set used_at = now()"
        " where user_id = $1::uuid and token_hash = $2::bytea and used_at is null returning session_id",
        db::Params().id(who.user).bytes(crypto::view(who.token)));
    BOOST_TEST_REQUIRE(used.size() == 1U);
    owner.query(
        "insert into taskward.refresh_tokens (user_id, token_hash, session_id, expires_at)"
        " values ($1::uuid, $2::bytea, $3::uuid, now() + interval '1 hour')",
        db::Params().id(now.user).bytes(crypto::view(now.token)).id(now.session));
    return now;
  }
};

BOOST_FIXTURE_TEST_SUITE(former_refresh_tokens, FormerFixture)

BOOST_AUTO_TEST_CASE(rotation_moves_the_token_into_the_session_and_marks_it_used) {
  const TestUser now = rotated(bob);
  BOOST_TEST(is_current(now));
  BOOST_TEST(count_rows("refresh_tokens where used_at is not null") == 1);
  BOOST_TEST(count_rows("refresh_tokens") == 1);
  BOOST_TEST(audit_lines() == Lines{"session.refresh success -"}, boost::test_tools::per_element());
  const TestUser later = rotated(now);
  BOOST_TEST(is_current(later));
  BOOST_TEST(count_rows("refresh_tokens") == 1);
}

BOOST_AUTO_TEST_CASE(same_client_is_granted_the_successor_again) {
  const store::IssuedToken next = new_token();
  static_cast<void>(rotated(bob, next));
  BOOST_TEST(outcome(rotate(bob, next)) == "ok");
  BOOST_TEST(audit_lines().back() == "session.refresh success successor_resent");
  origin = other_agent;
  BOOST_TEST(outcome(rotate(bob, next)) == "refresh_token_reused");
  BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_race");
  BOOST_TEST(is_alive(bob));
}

BOOST_AUTO_TEST_CASE(late_reuse_ends_the_session) {
  const TestUser now = rotated(bob);
  advance_time("11 seconds");
  BOOST_TEST(refusal(bob) == "refresh_token_reused");
  BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_token_reused");
  BOOST_TEST(!is_alive(bob));
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(refusal(now) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(token_older_than_the_previous_one_ends_the_session) {
  const TestUser second = rotated_by_old_worker(bob);
  const TestUser now = rotated(rotated(second));
  BOOST_TEST(refusal(bob) == "refresh_token_reused");
  BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_race");
  BOOST_TEST(is_alive(now));
  advance_time("11 seconds");
  BOOST_TEST(refusal(bob) == "refresh_token_reused");
  BOOST_TEST(!is_alive(now));
}

BOOST_AUTO_TEST_CASE(session_of_an_old_worker_that_goes_on_is_moved_at_any_of_its_tokens) {
  const TestUser second = rotated_by_old_worker(bob);
  // The client lost the race against the old worker, which did not store who it was.
  BOOST_TEST(refusal(bob) == "refresh_token_reused");
  BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_race");
  BOOST_TEST(is_alive(bob));
  BOOST_TEST(is_current(rotated(second)));
}

BOOST_AUTO_TEST_CASE(reuse_of_a_token_that_an_old_worker_replaced_ends_the_session) {
  static_cast<void>(rotated_by_old_worker(bob));
  advance_time("11 seconds");
  BOOST_TEST(refusal(bob) == "refresh_token_reused");
  BOOST_TEST(!is_alive(bob));
}

BOOST_AUTO_TEST_CASE(unknown_token_is_refused_and_ends_nothing) {
  for (TestUser unknown : {bob, ann}) {
    unknown.is_former = true;
    unknown.token = new_hash();
    BOOST_TEST(refusal(unknown) == "invalid_token");
    BOOST_TEST(audit_lines().back() == "session.refresh failure unknown_token");
  }
  TestUser mismatched = bob;
  mismatched.session = new_former_session(ann).session;
  BOOST_TEST(refusal(mismatched) == "invalid_token");
  BOOST_TEST(is_alive(bob));
  BOOST_TEST(is_alive(ann));
  BOOST_TEST(count_rows("refresh_tokens where used_at is not null") == 0);
}

BOOST_AUTO_TEST_CASE(token_of_an_ended_session_or_inactive_user_is_refused) {
  const TestUser revoked = new_former_session(ann);
  const TestUser expired = new_former_session(ann);
  revoke(revoked);
  expire(expired);
  for (const TestUser* one : {&revoked, &expired}) {
    BOOST_TEST(refusal(*one) == "invalid_token");
    BOOST_TEST(audit_lines().back() == "session.refresh failure session_ended");
  }
  deactivate(ann);
  BOOST_TEST(refusal(bob) == "invalid_token");
  BOOST_TEST(audit_lines().back() == "session.refresh failure account_inactive");
  BOOST_TEST(count_rows("refresh_tokens where used_at is not null") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
