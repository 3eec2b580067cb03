// Expired rows are deleted in batches, and no others.
#include "taskward/store/purge.hpp"

#include <set>

#include "concurrently.hpp"
#include "mail_fixture.hpp"
#include "taskward/domain/purge.hpp"

namespace taskward::testing {
namespace {

using store::Purge;

struct PurgeFixture : MailFixture {
  std::int64_t purge(Purge what) { return store::purge_batch(service, what); }
  void fill_attempts(int count, const std::string& last_at) {
    execute("insert into taskward.attempts select 'x', decode(lpad(to_hex(n), 8, '0'), 'hex'), '{}', " +
            last_at + " from generate_series(1, " + std::to_string(count) + ") n on conflict do nothing");
  }
};

BOOST_FIXTURE_TEST_SUITE(purge, PurgeFixture)

BOOST_AUTO_TEST_CASE(every_purge_has_a_unique_name_and_accepts_empty_tables) {
  std::set<std::string_view> names;
  for (const Purge one : store::every_purge()) {
    BOOST_TEST(names.insert(store::name(one)).second);
    BOOST_TEST(purge(one) == 0);
  }
  BOOST_TEST(names.size() == 12U);
}

BOOST_AUTO_TEST_CASE(codes_are_purged_an_hour_after_expiry) {
  execute(
      "insert into taskward.one_time_codes (purpose, subject, code_hash, challenge_hash, expires_at) values"
      " ('login', 'old', 'x', 'x', now() - interval '61 minutes'),"
      " ('login', 'young', 'x', 'x', now() - interval '59 minutes'),"
      " ('password_reset', 'old', 'x', 'x', now() + interval '1 minute')");
  BOOST_TEST(purge(Purge::one_time_codes) == 1);
  BOOST_TEST(count_rows("one_time_codes where purpose = 'login' and subject = 'young'"
                        " or purpose = 'password_reset'") == 2);
}

BOOST_AUTO_TEST_CASE(attempts_are_purged_after_two_hours) {
  execute(
      "insert into taskward.attempts values ('x', 'old', '{}', now() - interval '121 minutes'),"
      " ('x', 'young', '{}', now() - interval '119 minutes')");
  BOOST_TEST(purge(Purge::attempts) == 1);
  BOOST_TEST(text("select encode(subject, 'escape') from taskward.attempts") == "young");
}

BOOST_AUTO_TEST_CASE(lockouts_are_purged_after_a_week_unless_active) {
  execute(
      "insert into taskward.lockouts (name_kind, subject, failures, locked_until, last_failure_at) values"
      " ('email', 'old', 1, null, now() - interval '8 days'),"
      " ('email', 'released', 1, now() - interval '1 day', now() - interval '8 days'),"
      " ('email', 'locked', 1, now() + interval '1 day', now() - interval '8 days'),"
      " ('email', 'young', 1, null, now() - interval '6 days')");
  BOOST_TEST(purge(Purge::lockouts) == 2);
  BOOST_TEST(count_rows("lockouts where subject in ('locked', 'young')") == 2);
}

BOOST_AUTO_TEST_CASE(refresh_tokens_are_purged_a_day_after_expiry) {
  const TestUser old = new_former_session(new_user());
  const TestUser young = new_former_session(new_user());
  const std::string expiry = "update taskward.refresh_tokens set expires_at = now() - interval '";
  execute(expiry + "25 hours' where user_id = '" + old.user.text() + "'");
  execute(expiry + "23 hours' where user_id = '" + young.user.text() + "'");
  static_cast<void>(new_former_session(old));
  BOOST_TEST(purge(Purge::refresh_tokens) == 1);
  BOOST_TEST(count_rows("refresh_tokens") == 2);
}

BOOST_AUTO_TEST_CASE(sessions_are_purged_a_month_after_their_end) {
  const TestUser expired = new_user();
  const TestUser revoked = new_user();
  const TestUser with_token = new_former_session(revoked);
  const TestUser young = new_user();
  const TestUser alive = new_user();
  const auto end = [&](const TestUser& who, const std::string& how) {
    execute("update taskward.sessions set " + how + " where id = '" + who.session.text() + "'");
  };
  end(expired, "expires_at = now() - interval '31 days'");
  end(with_token, "expires_at = now() - interval '31 days'");
  end(revoked, "revoked_at = now() - interval '31 days', revoked_reason = 'logout'");
  end(young, "revoked_at = now() - interval '29 days', revoked_reason = 'logout'");
  BOOST_TEST(purge(Purge::sessions) == 2);
  for (const TestUser* who : {&with_token, &young, &alive})
    BOOST_TEST(count_rows("sessions where id = '" + who->session.text() + "'") == 1);
  BOOST_TEST(count_rows("users") == 4);
  BOOST_TEST(count_rows("refresh_tokens") == 1);
}

BOOST_AUTO_TEST_CASE(delivered_mail_is_purged_after_a_week_and_dead_mail_after_a_month) {
  const auto claim = [&] { return store::claim_mail(service, new_claim(), std::chrono::seconds(60))->claim; };
  const auto age = [&](const model::MailId& id, const std::string& column, int days) {
    execute("update taskward.outbox set " + column + " = now() - interval '" + std::to_string(days) +
            " days' where id = '" + id.text() + "'");
  };
  for (const int days : {8, 6}) {
    const auto id = queue();
    BOOST_TEST(store::record_handed_over(service, claim()));
    age(id, "handed_over_at", days);
  }
  for (const int days : {31, 29}) {
    const auto id = queue();
    BOOST_TEST(store::record_dead(service, claim(), "x"));
    age(id, "created_at", 40);
    age(id, "next_try_at", days);
  }
  age(queue(), "created_at", 400);
  BOOST_TEST(purge(Purge::handed_over_mail) == 1);
  BOOST_TEST(purge(Purge::dead_mail) == 1);
  BOOST_TEST(count_in_state("handed_over") == 1);
  BOOST_TEST(count_in_state("dead") == 1);
  BOOST_TEST(count_in_state("waiting") == 1);
}

BOOST_AUTO_TEST_CASE(logins_challenges_and_secrets_that_were_not_completed_are_purged) {
  const std::string old = new_user().user.text();
  const std::string young = new_user().user.text();
  execute(
      "insert into taskward.mfa_logins (token_hash, user_id, auth_epoch, method, amr, expires_at) values"
      " ('old', '" +
      old + "', 1, 'otp', '{otp}', now() - interval '1 second'), ('young', '" + young +
      "', 1, 'otp', '{otp}', now() + interval '1 minute');"
      "insert into taskward.webauthn_challenges (challenge_hash, purpose, expires_at) values"
      " ('old', 'login', now() - interval '1 second'), ('young', 'login', now() + interval '1 minute');"
      "insert into taskward.totp (user_id, sealed_secret, created_at, confirmed_at) values ('" +
      old + "', 'x', now() - interval '11 minutes', null), ('" + young +
      "', 'x', now() - interval '11 minutes', now())");
  BOOST_TEST(purge(Purge::mfa_logins) == 1);
  BOOST_TEST(purge(Purge::challenges) == 1);
  BOOST_TEST(purge(Purge::pending_totp) == 1);
  BOOST_TEST(count_rows("mfa_logins where token_hash = 'young'") == 1);
  BOOST_TEST(count_rows("webauthn_challenges where challenge_hash = 'young'") == 1);
  BOOST_TEST(count_rows("totp where confirmed_at is not null") == 1);
}

BOOST_AUTO_TEST_CASE(batch_is_limited_and_skips_locked_rows) {
  fill_attempts(1200, "now() - interval '3 hours'");
  db::Connection ahead({database.owner(), "test"}, log);
  ahead.connect();
  db::Transaction transaction(ahead);
  ahead.execute("update taskward.attempts set last_at = now() where subject < '\\x0000000b'");
  BOOST_TEST(purge(Purge::attempts) == 500);
  BOOST_TEST(purge(Purge::attempts) == 500);
  BOOST_TEST(purge(Purge::attempts) == 190);
  transaction.commit();
  BOOST_TEST(purge(Purge::attempts) == 0);
  BOOST_TEST(count_rows("attempts") == 10);
}

BOOST_AUTO_TEST_CASE(concurrent_purges_do_not_block_each_other) {
  fill_attempts(4000, "now() - interval '3 hours'");
  const auto removed = run_concurrently<std::int64_t>(*this, 4, [](db::Connection& connection, int) {
    std::int64_t sum = 0;
    while (const std::int64_t batch = store::purge_batch(connection, Purge::attempts)) sum += batch;
    return sum;
  });
  std::int64_t sum = 0;
  for (const std::int64_t one : removed) sum += one;
  BOOST_TEST(sum == 4000);
  BOOST_TEST(count_rows("attempts") == 0);
}

BOOST_AUTO_TEST_CASE(one_round_covers_every_purge_and_pauses_between_batches) {
  fill_attempts(501, "now() - interval '3 hours'");
  fill_attempts(600, "now()");
  domain::Purger purger;
  int steps = 1;
  while (purger.next(service, log) == domain::kPurgePause) ++steps;
  // One step for each kind, and one for the second batch of attempts.
  BOOST_TEST(steps == 13);
  BOOST_TEST(count_rows("attempts") == 99);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
