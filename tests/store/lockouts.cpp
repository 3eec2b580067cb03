// Names that are locked after failures, whether or not anybody has them.
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct LockFixture : WayInFixture {
  static constexpr const char* kAnn = "ann@example.com";
  LockFixture() { ann = register_account(kAnn, "ann").id; }
  UserId ann;

  /// So many wrong guesses, and what came of them.
  Lines guess(const char* name, int times = 1) {
    Lines out;
    for (int i = 0; i < times; ++i) out.push_back(outcome(log_in(name, "a wrong guess")));
    return out;
  }
  Lines of(int times, const char* what) { return Lines(static_cast<std::size_t>(times), what); }
  /// Fails until the name is locked, and gives how long that is for.
  seconds lock(const char* name) {
    BOOST_TEST(guess(name, 5) == of(5, "invalid_credentials"), boost::test_tools::per_element());
    const auto refused = log_in(name);
    BOOST_TEST_REQUIRE(outcome(refused) == "account_locked");
    return refused.error().retry_after.value();
  }
  static bool about(seconds is, seconds should) { return is <= should && is > should - seconds(10); }
};

BOOST_FIXTURE_TEST_SUITE(lockouts, LockFixture)

BOOST_AUTO_TEST_CASE(five_failures_in_a_row_lock_a_name_for_fifteen_minutes) {
  const seconds wait = lock(kAnn);
  BOOST_TEST(about(wait, minutes(15)), wait.count());
  pass(wait - seconds(5));
  BOOST_TEST(outcome(log_in(kAnn)) == "account_locked");
  pass(seconds(6));
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
}

BOOST_AUTO_TEST_CASE(each_lock_lasts_twice_as_long_as_the_one_before_up_to_a_day) {
  for (const int expected : {15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440}) {
    const seconds wait = lock(kAnn);
    BOOST_TEST(about(wait, minutes(expected)), wait.count() << " for " << expected);
    pass(wait + seconds(1));
  }
  // It never overflows.
  execute("update taskward.lockouts set locks = 2000000000");
  const seconds wait = lock(kAnn);
  BOOST_TEST(about(wait, minutes(1440)), wait.count());
}

BOOST_AUTO_TEST_CASE(a_success_in_between_begins_anew) {
  BOOST_TEST(guess(kAnn, 4) == of(4, "invalid_credentials"), boost::test_tools::per_element());
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(number("select count(*) from taskward.lockouts where failures > 0 or locks > 0") == 0);
  BOOST_TEST(guess(kAnn, 4) == of(4, "invalid_credentials"), boost::test_tools::per_element());
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  // And so do the lengths of the locks.
  pass(lock(kAnn) + seconds(1));
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(about(lock(kAnn), minutes(15)));
}

BOOST_AUTO_TEST_CASE(a_locked_name_takes_neither_right_nor_wrong_passwords_and_counts_nothing) {
  const seconds first = lock(kAnn);
  const std::string before = text("select l::text from taskward.lockouts l");
  forget_audit();
  for (int i = 0; i < 7; ++i) {
    for (const char* tried : {"correct horse battery", "a wrong guess"}) {
      const auto refused = log_in("ANN@example.com", tried);
      BOOST_TEST_REQUIRE(outcome(refused) == "account_locked");
      BOOST_TEST_REQUIRE(refused.error().retry_after.has_value());
      BOOST_TEST(about(*refused.error().retry_after, first));
      BOOST_TEST(refused.error().detail.empty());
    }
  }
  BOOST_TEST(text("select l::text from taskward.lockouts l") == before);
  BOOST_TEST(sessions() == 0);
  for (const AuditRow& row : audit()) {
    BOOST_TEST(row.deed() == "session.login failure account_locked");
    BOOST_TEST(row.object == ann.text());
    BOOST_TEST(row.actor == "-");
  }
}

BOOST_AUTO_TEST_CASE(a_name_that_nobody_has_is_locked_alike) {
  const seconds known = lock(kAnn);
  const seconds unknown = lock("nobody@example.com");
  BOOST_TEST(std::abs((known - unknown).count()) <= 1);
  BOOST_TEST(about(lock("nobody"), minutes(15)));
  BOOST_TEST(outcome(log_in("NoBody@Example.com")) == "account_locked");
  const auto a = log_in(kAnn);
  const auto b = log_in("nobody@example.com");
  BOOST_TEST(a.error().detail == b.error().detail);
  pass(unknown + seconds(1));
  const seconds second = lock("nobody@example.com");
  BOOST_TEST(about(second, minutes(30)), second.count());
}

BOOST_AUTO_TEST_CASE(every_way_to_fail_counts) {
  execute("update taskward.users set is_active = false");
  BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
  BOOST_TEST(outcome(log_in(kAnn, "wrong")) == "invalid_credentials");
  execute("update taskward.users set is_active = true, password_hash = null");
  for (int i = 0; i < 3; ++i) BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
  BOOST_TEST(outcome(log_in(kAnn)) == "account_locked");
}

BOOST_AUTO_TEST_CASE(an_unknown_name_leaves_nothing_that_can_be_read) {
  lock("secretive@example.com");
  lock("secretive-name");
  const std::string all = dump();
  for (const std::string text : {"secretive", "736563726574697665"})
    BOOST_TEST(all.find(text) == std::string::npos, text);
  const auto plain = [&](const char* name) {
    return number("select count(*) from taskward.lockouts where subject = sha256(convert_to('" +
                  std::string(name) + "', 'utf8'))");
  };
  BOOST_TEST(plain("secretive@example.com") + plain("secretive-name") == 0);
}

BOOST_AUTO_TEST_CASE(address_and_user_name_of_one_account_are_locked_by_themselves) {
  lock(kAnn);
  BOOST_TEST(guess("ann", 2) == of(2, "invalid_credentials"), boost::test_tools::per_element());
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "account_locked");
  lock("Ann");
  BOOST_TEST(number("select count(*) from taskward.lockouts where locked_until is not null") == 2);
}

BOOST_AUTO_TEST_CASE(a_name_in_another_case_is_the_same_name) {
  for (const char* name :
       {"ann@example.com", "ANN@example.com", "Ann@Example.Com", "ann@EXAMPLE.com", "aNN@example.com"})
    static_cast<void>(guess(name));
  BOOST_TEST(outcome(log_in(kAnn)) == "account_locked");
  for (const char* name : {"nobody", "NOBODY", "Nobody", "noBody", "nobOdy"}) static_cast<void>(guess(name));
  BOOST_TEST(outcome(log_in("nobody")) == "account_locked");
}

BOOST_AUTO_TEST_CASE(a_lock_is_recorded_once) {
  lock(kAnn);
  guess(kAnn, 3);
  lock("nobody");
  std::vector<AuditRow> locks;
  for (const AuditRow& row : audit()) {
    if (row.action == "account.lock") locks.push_back(row);
  }
  BOOST_TEST_REQUIRE(locks.size() == 2U);
  BOOST_TEST(locks[0].deed() == "account.lock success email");
  BOOST_TEST(locks[0].object == ann.text());
  BOOST_TEST(locks[0].object_type == "user");
  BOOST_TEST(locks[0].request == "request-1");
  BOOST_TEST(locks[1].deed() == "account.lock success username");
  BOOST_TEST(locks[1].object == "-");
  BOOST_TEST(count_of(deeds(), "session.login failure wrong_password") == 5);
}

BOOST_AUTO_TEST_CASE(a_code_lets_the_owner_of_a_locked_name_in_and_unlocks_it) {
  lock(kAnn);
  BOOST_TEST(entering(kAnn, carried(login_code(kAnn))) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  lock(kAnn);
  const auto reset = domain::reset_password(resources, kAnn, carried(reset_code(kAnn)),
                                            Secret("another good password"), origin);
  BOOST_TEST(outcome(reset) == "ok");
  BOOST_TEST(outcome(log_in(kAnn, "another good password")) == "ok");
}

BOOST_AUTO_TEST_CASE(wrong_codes_lock_no_name) {
  const SentCode code = login_code(kAnn);
  for (int i = 1; i <= 12; ++i) static_cast<void>(entering(kAnn, bare(wrong(code, i))));
  BOOST_TEST(number("select count(*) from taskward.lockouts where failures > 0 or locks > 0") == 0);
}

BOOST_AUTO_TEST_CASE(forty_wrong_guesses_at_once_are_five_answers_and_thirty_five_refusals) {
  for (const char* name : {kAnn, "nobody@example.com"}) {
    const auto outcomes = together<std::string>(*this, 40, [&](db::Connection& connection, int) {
      return outcome(
          domain::log_in(on(connection), model::AccountName::of(name), Secret("a wrong guess"), origin));
    });
    BOOST_TEST(count_of(outcomes, "invalid_credentials") == 5, name);
    BOOST_TEST(count_of(outcomes, "account_locked") == 35, name);
  }
  BOOST_TEST(number("select sum(locks)::bigint from taskward.lockouts") == 2);
  BOOST_TEST(number("select count(*) from taskward.audit where action = 'account.lock'") == 2);
}

BOOST_AUTO_TEST_CASE(a_right_guess_among_forty_never_succeeds_after_the_lock) {
  for (int round = 0; round < 5; ++round) {
    execute("truncate taskward.lockouts, taskward.audit");
    const auto outcomes = together<std::string>(*this, 40, [&](db::Connection& connection, int i) {
      const Secret guess(i == 20 ? "correct horse battery" : "a wrong guess");
      return outcome(domain::log_in(on(connection), model::AccountName::of(kAnn), guess, origin));
    });
    // A success forgets the failures before it, so up to four more may be answered.
    const auto wrong = count_of(outcomes, "invalid_credentials");
    const bool entered = count_of(outcomes, "ok") == 1;
    BOOST_TEST(wrong >= 5);
    BOOST_TEST(wrong <= (entered ? 9 : 5));
    BOOST_TEST(count_of(outcomes, "account_locked") == 40 - wrong - (entered ? 1 : 0));
    // In the order of the deeds, none that succeeded stands behind the lock.
    const auto done = deeds();
    const auto locked = std::find(done.begin(), done.end(), "account.lock success email");
    BOOST_TEST((locked != done.end()));
    BOOST_TEST(std::count(locked, done.end(), "session.login success -") == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
