// Limits by client and locked names, over all workers.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "mailbox.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;

/// Logins one after another or from many at once.
std::string login(const std::string& email, const std::string& password) {
  return R"({"email":)" + json_string(email) + R"(,"password":)" + json_string(password) + '}';
}

struct Locks {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();

  void fail(const std::string& email, int times) {
    for (int i = 0; i < times; ++i) {
      expect_problem(client.post("/auth/login", login(email, "wrong " + std::to_string(i))), 401,
                     "invalid_credentials");
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(five_logins_a_minute_from_one_address_and_not_one_more) {
  const Stack& stack = running_stack({{"LIMIT_EXEMPT", ""}, {"AUTH_WORKERS", "2"}});
  std::atomic<int> asked{0};
  Load load(stack, 12, [&](HttpClient& client, std::size_t) {
    // Below what nginx refuses by itself.
    if (++asked > 12) std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    return client.post("/auth/login", login("nobody@example.org", "wrong"));
  });
  BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return load.answered() >= 12; }));
  const Tally tally = load.finish();
  BOOST_TEST(tally.count(401) == 5U, tally.summary());
  BOOST_TEST(tally.count(401) + tally.count(429) == tally.answered(), tally.summary());
  for (const Answer& answer : tally.refusals) {
    if (answer.status != 429) continue;
    expect_problem(answer, 429, "too_many_requests");
    BOOST_TEST(std::stoi(answer.header("retry-after")) >= 1);
    BOOST_TEST(std::stoi(answer.header("retry-after")) <= 60);
  }
}

BOOST_FIXTURE_TEST_CASE(five_failures_lock_a_name_whether_or_not_somebody_has_it, Locks) {
  const Person person = join(stack);
  for (const std::string& email : {person.email, new_email()}) {
    BOOST_TEST_CONTEXT(email) {
      fail(email, 5);
      const Answer right = client.post("/auth/login", login(email, person.password));
      expect_problem(right, 423, "account_locked");
      BOOST_TEST(std::stoi(right.header("retry-after")) > 14 * 60);
      BOOST_TEST(std::stoi(right.header("retry-after")) <= 15 * 60);
      expect_problem(client.post("/auth/login", login(email, "wrong")), 423, "account_locked");
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_code_lets_the_owner_in_and_lifts_the_lock, Locks) {
  const Person person = join(stack);
  fail(person.email, 5);
  expect_problem(client.post("/auth/login", credentials(person)), 423, "account_locked");
  BOOST_TEST(client.post("/auth/otp/request", R"({"email":")" + person.email + "\"}").status == 202);
  const std::string code = code_in(mail_to(stack, person.email));
  BOOST_TEST(client.post("/auth/otp/verify", R"({"email":")" + person.email + R"(","otp":")" + code + "\"}")
                 .status == 200);
  BOOST_TEST(client.post("/auth/login", credentials(person)).status == 200);
}

BOOST_FIXTURE_TEST_CASE(guessing_in_parallel_gets_no_more_than_five_guesses, Locks) {
  const Person person = join(stack);
  Load load(stack, 16, [&](HttpClient& one, std::size_t round) {
    return one.post("/auth/login", login(person.email, "guess " + std::to_string(round)));
  });
  BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return load.answered() >= 60; }));
  const Tally tally = load.finish();
  BOOST_TEST(tally.count(401) == 5U, tally.summary());
  BOOST_TEST(tally.count(401) + tally.count(423) == tally.answered(), tally.summary());
}

BOOST_FIXTURE_TEST_CASE(a_success_in_between_begins_the_count_anew, Locks) {
  const Person person = join(stack);
  for (int round = 0; round < 2; ++round) {
    fail(person.email, 4);
    BOOST_TEST(client.post("/auth/login", credentials(person)).status == 200);
  }
}

BOOST_AUTO_TEST_SUITE_END()
