// Concurrent attempts with one code.
#include "authentication_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct CodeRaceFixture : AuthenticationFixture {
  /// Runs `count` login attempts at once; `of(i)` is the code of attempt i.
  std::vector<std::string> try_concurrently(int count, const std::function<domain::SubmittedCode(int)>& of) {
    return run_concurrently<std::string>(*this, count, [&](db::Connection& connection, int i) {
      return outcome(domain::log_in(resources_on(connection), kAnn, of(i), origin));
    });
  }
  std::int64_t failures(const std::string& of) {
    return number("select " + of + " from taskward.one_time_codes");
  }
};

BOOST_FIXTURE_TEST_SUITE(code_races, CodeRaceFixture)

BOOST_AUTO_TEST_CASE(concurrent_wrong_attempts_count_up_to_five) {
  const SentCode code = login_code(kAnn);
  const auto outcomes =
      try_concurrently(32, [&](int i) { return without_challenge(wrong_otp(code, i + 1)); });
  BOOST_TEST(count_of(outcomes, "invalid_otp") == 32);
  BOOST_TEST(failures("failures") == 5);
  BOOST_TEST(failures("challenged_failures") == 0);
  BOOST_TEST(count_of(audit_lines(), "session.login failure wrong_code") == 5);
  BOOST_TEST(count_of(audit_lines(), "session.login failure no_live_code") == 27);
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(code)) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(attempt_limits_with_and_without_challenge_are_independent) {
  const SentCode code = login_code(kAnn);
  static_cast<void>(try_concurrently(32, [&](int i) {
    return i % 2 == 0 ? without_challenge(wrong_otp(code, i + 1))
                      : with_challenge(wrong_otp(code, i + 1), code);
  }));
  BOOST_TEST(failures("failures") == 5);
  BOOST_TEST(failures("challenged_failures") == 5);
  BOOST_TEST(count_of(audit_lines(), "session.login failure wrong_code") == 10);
}

BOOST_AUTO_TEST_CASE(right_code_among_wrong_ones_starts_at_most_one_session,
                     *boost::unit_test::label("slow")) {
  int entered = 0;
  for (int round = 0; round < 8; ++round) {
    execute("truncate taskward.one_time_codes, taskward.attempts, taskward.outbox, taskward.audit");
    const auto before = count_rows("sessions");
    const SentCode code = login_code(kAnn);
    // The right attempt is the first one in even rounds and the last one in odd rounds.
    const int right = round % 2 == 0 ? 0 : 32;
    const auto outcomes = try_concurrently(33, [&](int i) {
      return i == right ? without_challenge(code) : without_challenge(wrong_otp(code, i + 1));
    });
    const auto ok = count_of(outcomes, "ok");
    BOOST_TEST(ok <= 1);
    BOOST_TEST(count_rows("sessions") - before == ok);
    BOOST_TEST(count_of(outcomes, "invalid_otp") == 33 - ok);
    BOOST_TEST(failures("failures") <= 5);
    // The right attempt fails only if five wrong ones came first.
    if (ok == 0) BOOST_TEST(failures("failures") == 5);
    entered += static_cast<int>(ok);
  }
  BOOST_TEST_MESSAGE("the right code was accepted in " << entered << " of 8 rounds");
}

BOOST_AUTO_TEST_CASE(attempts_without_the_challenge_cannot_block_its_holder,
                     *boost::unit_test::label("slow")) {
  for (int round = 0; round < 4; ++round) {
    execute("truncate taskward.one_time_codes, taskward.attempts, taskward.outbox");
    const SentCode code = login_code(kAnn);
    const auto outcomes = try_concurrently(33, [&](int i) {
      return i == 16 ? with_challenge(code) : without_challenge(wrong_otp(code, i + 1));
    });
    BOOST_TEST(outcomes[16] == "ok");
    BOOST_TEST(count_of(outcomes, "ok") == 1);
  }
}

BOOST_AUTO_TEST_CASE(concurrent_right_attempts_start_one_session) {
  for (const bool known : {false, true}) {
    for (const int count : {2, 2, 2, 16}) {
      execute("truncate taskward.one_time_codes, taskward.attempts, taskward.outbox");
      if (!known) execute("delete from taskward.users");
      const auto before = count_rows("sessions");
      const SentCode code = login_code(kAnn);
      const auto outcomes = try_concurrently(
          count, [&](int i) { return i % 2 == 0 ? without_challenge(code) : with_challenge(code); });
      BOOST_TEST(count_of(outcomes, "ok") == 1);
      BOOST_TEST(count_of(outcomes, "invalid_otp") == count - 1);
      BOOST_TEST(count_rows("sessions") - before == 1);
      BOOST_TEST(count_rows("users") == 1);
      BOOST_TEST(number("select failures + challenged_failures from taskward.one_time_codes") == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(code_requested_while_another_is_used_leaves_a_valid_code) {
  for (int round = 0; round < 8; ++round) {
    execute("truncate taskward.one_time_codes, taskward.attempts, taskward.outbox");
    const SentCode code = login_code(kAnn);
    advance_time(seconds(61));
    const auto before = count_rows("sessions");
    const auto outcomes = run_concurrently<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      return i == 0 ? outcome(domain::log_in(resources_on(connection), kAnn, without_challenge(code), origin))
                    : outcome(domain::request_login_code(resources_on(connection), kAnn, origin));
    });
    BOOST_TEST(outcomes[1] == "ok");
    BOOST_TEST((outcomes[0] == "ok" || outcomes[0] == "invalid_otp"));
    BOOST_TEST(count_rows("sessions") - before == (outcomes[0] == "ok" ? 1 : 0));
    // The new code is valid, whichever call came first.
    BOOST_TEST(code_login_outcome(kAnn, without_challenge(queued_mail().back().fields.at("code"))) == "ok");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
