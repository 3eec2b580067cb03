// Many tries of one code at the same moment.
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct CodeRaceFixture : WayInFixture {
  static constexpr const char* kAnn = "ann@example.com";

  /// So many tries at once, each with what `of` gives for it.
  std::vector<std::string> try_together(int count, const std::function<domain::GivenCode(int)>& of) {
    return together<std::string>(*this, count, [&](db::Connection& connection, int i) {
      return outcome(domain::log_in(on(connection), kAnn, of(i), origin));
    });
  }
  std::int64_t failures(const std::string& of) {
    return number("select " + of + " from taskward.one_time_codes");
  }
};

BOOST_FIXTURE_TEST_SUITE(code_races, CodeRaceFixture)

BOOST_AUTO_TEST_CASE(of_many_wrong_tries_at_once_five_are_counted) {
  const SentCode code = login_code(kAnn);
  const auto outcomes = try_together(32, [&](int i) { return bare(wrong(code, i + 1)); });
  BOOST_TEST(count_of(outcomes, "invalid_otp") == 32);
  BOOST_TEST(failures("failures") == 5);
  BOOST_TEST(failures("challenged_failures") == 0);
  BOOST_TEST(count_of(deeds(), "session.login failure wrong_code") == 5);
  BOOST_TEST(count_of(deeds(), "session.login failure no_live_code") == 27);
  BOOST_TEST(entering(kAnn, bare(code)) == "invalid_otp");
  BOOST_TEST(entering(kAnn, carried(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(the_two_budgets_are_counted_apart_under_fire) {
  const SentCode code = login_code(kAnn);
  static_cast<void>(try_together(
      32, [&](int i) { return i % 2 == 0 ? bare(wrong(code, i + 1)) : carried(wrong(code, i + 1), code); }));
  BOOST_TEST(failures("failures") == 5);
  BOOST_TEST(failures("challenged_failures") == 5);
  BOOST_TEST(count_of(deeds(), "session.login failure wrong_code") == 10);
}

BOOST_AUTO_TEST_CASE(a_right_try_among_many_wrong_ones_starts_one_session_at_most) {
  int entered = 0;
  for (int round = 0; round < 8; ++round) {
    execute("truncate taskward.one_time_codes, taskward.attempts, taskward.outbox, taskward.audit");
    const auto before = sessions();
    const SentCode code = login_code(kAnn);
    // The right one is among the first on even rounds, among the last on odd ones.
    const int right = round % 2 == 0 ? 0 : 32;
    const auto outcomes =
        try_together(33, [&](int i) { return i == right ? bare(code) : bare(wrong(code, i + 1)); });
    const auto ok = count_of(outcomes, "ok");
    BOOST_TEST(ok <= 1);
    BOOST_TEST(sessions() - before == ok);
    BOOST_TEST(count_of(outcomes, "invalid_otp") == 33 - ok);
    BOOST_TEST(failures("failures") <= 5);
    // It failed for no other reason than that five wrong ones came first.
    if (ok == 0) BOOST_TEST(failures("failures") == 5);
    entered += static_cast<int>(ok);
  }
  BOOST_TEST_MESSAGE("the right try came in time in " << entered << " of 8 rounds");
}

BOOST_AUTO_TEST_CASE(the_owner_s_right_try_goes_through_whatever_strangers_do_meanwhile) {
  for (int round = 0; round < 4; ++round) {
    execute("truncate taskward.one_time_codes, taskward.attempts, taskward.outbox");
    const SentCode code = login_code(kAnn);
    const auto outcomes =
        try_together(33, [&](int i) { return i == 16 ? carried(code) : bare(wrong(code, i + 1)); });
    BOOST_TEST(outcomes[16] == "ok");
    BOOST_TEST(count_of(outcomes, "ok") == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_code_lets_in_once_of_many_right_tries_at_once) {
  for (const bool known : {false, true}) {
    for (const int count : {2, 2, 2, 16}) {
      execute("truncate taskward.one_time_codes, taskward.attempts, taskward.outbox");
      if (!known) execute("delete from taskward.users");
      const auto before = sessions();
      const SentCode code = login_code(kAnn);
      const auto outcomes =
          try_together(count, [&](int i) { return i % 2 == 0 ? bare(code) : carried(code); });
      BOOST_TEST(count_of(outcomes, "ok") == 1);
      BOOST_TEST(count_of(outcomes, "invalid_otp") == count - 1);
      BOOST_TEST(sessions() - before == 1);
      BOOST_TEST(number("select count(*) from taskward.users") == 1);
      BOOST_TEST(number("select failures + challenged_failures from taskward.one_time_codes") == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_code_asked_for_beside_its_use_leaves_one_code_and_one_session_each) {
  for (int round = 0; round < 8; ++round) {
    execute("truncate taskward.one_time_codes, taskward.attempts, taskward.outbox");
    const SentCode code = login_code(kAnn);
    pass(seconds(61));
    const auto before = sessions();
    const auto outcomes = together<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      return i == 0 ? outcome(domain::log_in(on(connection), kAnn, bare(code), origin))
                    : outcome(domain::request_login_code(on(connection), kAnn, origin));
    });
    BOOST_TEST(outcomes[1] == "ok");
    BOOST_TEST((outcomes[0] == "ok" || outcomes[0] == "invalid_otp"));
    BOOST_TEST(sessions() - before == (outcomes[0] == "ok" ? 1 : 0));
    // The new code is whole, whichever came first.
    BOOST_TEST(entering(kAnn, bare(mails().back().fields.at("code"))) == "ok");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
