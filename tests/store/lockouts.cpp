// Names are locked after failed logins, whether or not an account has them.
#include "authentication_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct LockFixture : AuthenticationFixture {
  LockFixture() { ann = register_account(kAnn, "ann").id; }
  UserId ann;

  /// The outcomes of `times` logins with a wrong password.
  Lines guess(const char* name, int times = 1) {
    Lines out;
    for (int i = 0; i < times; ++i) out.push_back(outcome(log_in(name, "a wrong guess")));
    return out;
  }
  Lines repeated(int times, const char* what) { return Lines(static_cast<std::size_t>(times), what); }
  /// Fails until the name is locked, and returns the duration of the lock.
  seconds lock(const char* name) {
    BOOST_TEST(guess(name, 5) == repeated(5, "invalid_credentials"), boost::test_tools::per_element());
    const auto refused = log_in(name);
    BOOST_TEST_REQUIRE(outcome(refused) == "account_locked");
    return refused.error().retry_after.value();
  }
  static bool is_about(seconds actual, seconds expected_wait) {
    return actual <= expected_wait && actual > expected_wait - seconds(10);
  }
};

BOOST_FIXTURE_TEST_SUITE(lockouts, LockFixture)

BOOST_AUTO_TEST_CASE(five_consecutive_failures_lock_a_name_for_fifteen_minutes) {
  const seconds wait = lock(kAnn);
  BOOST_TEST(is_about(wait, minutes(15)), wait.count());
  advance_time(wait - seconds(5));
  BOOST_TEST(outcome(log_in(kAnn)) == "account_locked");
  advance_time(seconds(6));
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
}

BOOST_AUTO_TEST_CASE(each_lock_lasts_twice_as_long_up_to_a_day) {
  for (const int expected : {15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440}) {
    const seconds wait = lock(kAnn);
    BOOST_TEST(is_about(wait, minutes(expected)), wait.count() << " for " << expected);
    advance_time(wait + seconds(1));
  }
  // The duration does not overflow.
  execute("update taskward.lockouts set locks = 2000000000");
  const seconds wait = lock(kAnn);
  BOOST_TEST(is_about(wait, minutes(1440)), wait.count());
}

BOOST_AUTO_TEST_CASE(successful_login_resets_the_failures) {
  BOOST_TEST(guess(kAnn, 4) == repeated(4, "invalid_credentials"), boost::test_tools::per_element());
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(count_rows("lockouts where failures > 0 or locks > 0") == 0);
  BOOST_TEST(guess(kAnn, 4) == repeated(4, "invalid_credentials"), boost::test_tools::per_element());
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  // It resets the duration of the next lock as well.
  advance_time(lock(kAnn) + seconds(1));
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(is_about(lock(kAnn), minutes(15)));
}

BOOST_AUTO_TEST_CASE(locked_name_refuses_every_password_and_counts_nothing) {
  const seconds first = lock(kAnn);
  const std::string all = "select string_agg(l::text, ' ' order by name_kind) from taskward.lockouts l";
  const std::string before = text(all);
  clear_audit();
  for (int i = 0; i < 7; ++i) {
    for (const char* tried : {"correct horse battery", "a wrong guess"}) {
      const auto refused = log_in("ANN@example.com", tried);
      BOOST_TEST_REQUIRE(outcome(refused) == "account_locked");
      BOOST_TEST_REQUIRE(refused.error().retry_after.has_value());
      BOOST_TEST(is_about(*refused.error().retry_after, first));
      BOOST_TEST(refused.error().detail.empty());
    }
  }
  BOOST_TEST(text(all) == before);
  BOOST_TEST(count_rows("sessions") == 0);
  for (const AuditRow& row : audit()) {
    BOOST_TEST(row.line() == "session.login failure account_locked");
    BOOST_TEST(row.object == ann.text());
    BOOST_TEST(row.actor == "-");
  }
}

BOOST_AUTO_TEST_CASE(unknown_name_is_locked_like_a_known_one) {
  const seconds known = lock(kAnn);
  const seconds unknown = lock("nobody@example.com");
  BOOST_TEST(std::abs((known - unknown).count()) <= 1);
  BOOST_TEST(is_about(lock("nobody"), minutes(15)));
  BOOST_TEST(outcome(log_in("NoBody@Example.com")) == "account_locked");
  const auto a = log_in(kAnn);
  const auto b = log_in("nobody@example.com");
  BOOST_TEST(a.error().detail == b.error().detail);
  advance_time(unknown + seconds(1));
  const seconds second = lock("nobody@example.com");
  BOOST_TEST(is_about(second, minutes(30)), second.count());
}

BOOST_AUTO_TEST_CASE(every_kind_of_failure_counts) {
  execute("update taskward.users set is_active = false");
  BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
  BOOST_TEST(outcome(log_in(kAnn, "wrong")) == "invalid_credentials");
  execute("update taskward.users set is_active = true, password_hash = null");
  for (int i = 0; i < 3; ++i) BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
  BOOST_TEST(outcome(log_in(kAnn)) == "account_locked");
}

BOOST_AUTO_TEST_CASE(unknown_name_is_not_stored_in_readable_form) {
  lock("secretive@example.com");
  lock("secretive-name");
  const std::string all = dump();
  for (const std::string text : {"secretive", "736563726574697665"})
    BOOST_TEST(all.find(text) == std::string::npos, text);
  const auto plain = [&](const char* name) {
    return count_rows("lockouts where subject = sha256(convert_to('" + std::string(name) + "', 'utf8'))");
  };
  BOOST_TEST(plain("secretive@example.com") + plain("secretive-name") == 0);
}

// A guess is checked if the right password would have been accepted in its place.
BOOST_AUTO_TEST_CASE(five_guesses_are_checked_whatever_names_of_the_account_they_use) {
  for (int wrong = 0; wrong <= 6; ++wrong) {
    execute("truncate taskward.lockouts");
    for (int i = 0; i < wrong; ++i) static_cast<void>(guess(i % 2 == 0 ? kAnn : "ann"));
    BOOST_TEST(outcome(log_in(wrong % 2 == 0 ? kAnn : "ann")) == (wrong < 5 ? "ok" : "invalid_credentials"),
               wrong << " wrong guesses");
  }
  clear_audit();
  BOOST_TEST(outcome(log_in("ann")) == "invalid_credentials");
  BOOST_TEST(audit_lines().front() == "session.login failure account_locked");
  BOOST_TEST(audit().front().object == ann.text());
  advance_time(minutes(15) + seconds(1));
  BOOST_TEST(outcome(log_in("ann")) == "ok");
}

BOOST_AUTO_TEST_CASE(answers_do_not_reveal_that_two_names_belong_to_one_account) {
  const auto answers = [&](const char* email, const char* username, const char* last) {
    Lines out;
    for (int i = 0; i < 14; ++i) out.push_back(guess(i % 2 == 0 ? email : username).front());
    out.push_back(outcome(log_in(last)));
    return out;
  };
  for (const bool by_email : {true, false}) {
    const Lines known = answers(kAnn, "ann", by_email ? kAnn : "ann");
    const Lines unknown = answers("nobody@example.com", "nobody", by_email ? "nobody@example.com" : "nobody");
    BOOST_TEST(known == unknown, boost::test_tools::per_element());
    BOOST_TEST(count_of(known, "invalid_credentials") == 10);
    execute("truncate taskward.lockouts");
  }
  // A name that was never tried is answered like an unknown one, whatever happened to the other.
  lock(kAnn);
  lock("nobody@example.com");
  BOOST_TEST(outcome(log_in("ann")) == outcome(log_in("nobody")));
}

BOOST_AUTO_TEST_CASE(each_name_is_locked_by_its_own_failures) {
  lock(kAnn);
  lock("Ann");
  BOOST_TEST(text("select string_agg(name_kind, ' ' order by name_kind) from taskward.lockouts"
                  " where locked_until > now()") == "caller email username");
}

BOOST_AUTO_TEST_CASE(right_password_resets_the_failures_of_all_names) {
  for (const char* right : {kAnn, "ann"}) {
    for (const char* name : {kAnn, "ann"})
      BOOST_TEST(guess(name, 2) == repeated(2, "invalid_credentials"), boost::test_tools::per_element());
    BOOST_TEST(outcome(log_in(right)) == "ok");
    BOOST_TEST(count_rows("lockouts where failures > 0 or locks > 0") == 0);
  }
  // It does not remove the lock of another name.
  lock(kAnn);
  execute("update taskward.lockouts set locked_until = null where name_kind = 'caller'");
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "account_locked");
}

BOOST_AUTO_TEST_CASE(forty_concurrent_guesses_with_two_names_lock_the_account_once,
                     *boost::unit_test::label("slow")) {
  for (int round = 0; round < 5; ++round) {
    execute("truncate taskward.lockouts, taskward.audit, taskward.sessions cascade");
    const auto outcomes = run_concurrently<std::string>(*this, 40, [&](db::Connection& connection, int i) {
      const Secret guess(i == 20 ? "correct horse battery" : "a wrong guess");
      return outcome(domain::log_in(resources_on(connection),
                                    model::AccountName::of(i % 2 == 0 ? kAnn : "ann"), guess, origin));
    });
    const bool entered = count_of(outcomes, "ok") == 1;
    BOOST_TEST(count_of(outcomes, "ok") + count_of(outcomes, "invalid_credentials") +
                   count_of(outcomes, "account_locked") ==
               40);
    // In the order of the audit record, no login succeeds after the account was locked.
    const auto done = audit_lines();
    const auto locked = std::find_if(done.begin(), done.end(), [](const std::string& line) {
      return line.starts_with("account.lock success caller");
    });
    BOOST_TEST((locked != done.end()));
    BOOST_TEST(std::count(locked, done.end(), "session.login success -") == 0);
    BOOST_TEST(std::count(done.begin(), locked, "session.login failure wrong_password") <= (entered ? 9 : 5));
    BOOST_TEST(number("select locks from taskward.lockouts where name_kind = 'caller'") == 1);
  }
}

BOOST_AUTO_TEST_CASE(names_are_case_insensitive) {
  for (const char* name :
       {"ann@example.com", "ANN@example.com", "Ann@Example.Com", "ann@EXAMPLE.com", "aNN@example.com"})
    static_cast<void>(guess(name));
  BOOST_TEST(outcome(log_in(kAnn)) == "account_locked");
  for (const char* name : {"nobody", "NOBODY", "Nobody", "noBody", "nobOdy"}) static_cast<void>(guess(name));
  BOOST_TEST(outcome(log_in("nobody")) == "account_locked");
}

BOOST_AUTO_TEST_CASE(lock_is_recorded_once) {
  lock(kAnn);
  guess(kAnn, 3);
  lock("nobody");
  std::vector<AuditRow> locks;
  for (const AuditRow& row : audit()) {
    if (row.action == "account.lock") locks.push_back(row);
  }
  BOOST_TEST_REQUIRE(locks.size() == 2U);
  BOOST_TEST(locks[0].line() == "account.lock success caller,email");
  BOOST_TEST(locks[0].object == ann.text());
  BOOST_TEST(locks[0].object_type == "user");
  BOOST_TEST(locks[0].request == "request-1");
  BOOST_TEST(locks[1].line() == "account.lock success caller,username");
  BOOST_TEST(locks[1].object == "-");
  BOOST_TEST(count_of(audit_lines(), "session.login failure wrong_password") == 5);
}

BOOST_AUTO_TEST_CASE(code_login_and_password_reset_unlock_a_locked_name) {
  lock(kAnn);
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(login_code(kAnn))) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  lock(kAnn);
  const auto reset = domain::reset_password(resources, kAnn, with_challenge(reset_code(kAnn)),
                                            Secret("another good password"), origin);
  BOOST_TEST(outcome(reset) == "ok");
  BOOST_TEST(outcome(log_in(kAnn, "another good password")) == "ok");
}

BOOST_AUTO_TEST_CASE(wrong_codes_lock_no_name) {
  const SentCode code = login_code(kAnn);
  for (int i = 1; i <= 12; ++i)
    static_cast<void>(code_login_outcome(kAnn, without_challenge(wrong_otp(code, i))));
  BOOST_TEST(count_rows("lockouts where failures > 0 or locks > 0") == 0);
}

BOOST_AUTO_TEST_CASE(forty_concurrent_wrong_passwords_get_five_answers) {
  for (const char* name : {kAnn, "nobody@example.com"}) {
    const auto outcomes = run_concurrently<std::string>(*this, 40, [&](db::Connection& connection, int) {
      return outcome(domain::log_in(resources_on(connection), model::AccountName::of(name),
                                    Secret("a wrong guess"), origin));
    });
    BOOST_TEST(count_of(outcomes, "invalid_credentials") == 5, name);
    BOOST_TEST(count_of(outcomes, "account_locked") == 35, name);
  }
  BOOST_TEST(number("select sum(locks)::bigint from taskward.lockouts where name_kind = 'email'") == 2);
  BOOST_TEST(number("select sum(locks)::bigint from taskward.lockouts where name_kind = 'caller'") == 2);
  BOOST_TEST(count_rows("audit where action = 'account.lock'") == 2);
}

BOOST_AUTO_TEST_CASE(right_password_never_succeeds_after_the_lock, *boost::unit_test::label("slow")) {
  for (int round = 0; round < 5; ++round) {
    execute("truncate taskward.lockouts, taskward.audit, taskward.sessions cascade");
    const auto outcomes = run_concurrently<std::string>(*this, 40, [&](db::Connection& connection, int i) {
      const Secret guess(i == 20 ? "correct horse battery" : "a wrong guess");
      return outcome(domain::log_in(resources_on(connection), model::AccountName::of(kAnn), guess, origin));
    });
    // A success resets the failure count, so up to four more attempts may be answered.
    const auto wrong = count_of(outcomes, "invalid_credentials");
    const bool entered = count_of(outcomes, "ok") == 1;
    BOOST_TEST(wrong >= 5);
    BOOST_TEST(wrong <= (entered ? 9 : 5));
    BOOST_TEST(count_of(outcomes, "account_locked") == 40 - wrong - (entered ? 1 : 0));
    // In the order of the audit record, no login succeeds after the lock.
    const auto done = audit_lines();
    const auto locked = std::find(done.begin(), done.end(), "account.lock success caller,email");
    BOOST_TEST((locked != done.end()));
    BOOST_TEST(std::count(locked, done.end(), "session.login success -") == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
