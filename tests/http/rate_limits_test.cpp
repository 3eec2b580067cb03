// Rate limits per client address, and lockout of account names, across all workers.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "mailbox.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;

std::string login(const std::string& email, const std::string& password) {
  return R"({"email":)" + json_string(email) + R"(,"password":)" + json_string(password) + '}';
}

struct LockoutFixture {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();

  void fail_logins(const std::string& email, int times) {
    for (int i = 0; i < times; ++i) {
      expect_problem(client.post("/auth/login", login(email, "wrong " + std::to_string(i))), 401,
                     "invalid_credentials");
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rate_limits)

BOOST_AUTO_TEST_CASE(sixth_login_within_a_minute_from_one_address_is_429, *boost::unit_test::label("slow")) {
  const Stack& stack = running_stack({{"LIMIT_EXEMPT", ""}, {"AUTH_WORKERS", "2"}});
  // One request per client, fewer than nginx itself limits.
  const auto responses = concurrently(stack, 12, [&](HttpClient& client, std::size_t) {
    return client.post("/auth/login", login("nobody@example.org", "wrong"));
  });
  int failures = 0;
  for (const Response& response : responses) {
    if (response.status == 401) {
      ++failures;
      continue;
    }
    expect_problem(response, 429, "too_many_requests");
    BOOST_TEST(std::stoi(response.header("retry-after")) >= 1);
    BOOST_TEST(std::stoi(response.header("retry-after")) <= 60);
  }
  BOOST_TEST(failures == 5);
}

BOOST_FIXTURE_TEST_CASE(five_failures_lock_known_and_unknown_names, LockoutFixture) {
  const User user = new_user(stack);
  for (const std::string& email : {user.email, new_email()}) {
    BOOST_TEST_CONTEXT(email) {
      fail_logins(email, 5);
      const Response correct = client.post("/auth/login", login(email, user.password));
      expect_problem(correct, 423, "account_locked");
      BOOST_TEST(std::stoi(correct.header("retry-after")) > 14 * 60);
      BOOST_TEST(std::stoi(correct.header("retry-after")) <= 15 * 60);
      expect_problem(client.post("/auth/login", login(email, "wrong")), 423, "account_locked");
    }
  }
}

BOOST_FIXTURE_TEST_CASE(login_by_code_lifts_the_lockout, LockoutFixture) {
  const User user = new_user(stack);
  fail_logins(user.email, 5);
  expect_problem(client.post("/auth/login", credentials(user)), 423, "account_locked");
  BOOST_TEST(client.post("/auth/otp/request", R"({"email":")" + user.email + "\"}").status == 202);
  const std::string code = code_in(mail_to(stack, user.email));
  BOOST_TEST(
      client.post("/auth/otp/verify", R"({"email":")" + user.email + R"(","otp":")" + code + "\"}").status ==
      200);
  BOOST_TEST(client.post("/auth/login", credentials(user)).status == 200);
}

BOOST_FIXTURE_TEST_CASE(parallel_guessing_gets_only_five_attempts, LockoutFixture) {
  const User user = new_user(stack);
  Load load(stack, 16, [&](HttpClient& one, std::size_t round) {
    return one.post("/auth/login", login(user.email, "guess " + std::to_string(round)));
  });
  BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return load.answered() >= 60; }));
  const Tally tally = load.finish();
  BOOST_TEST(tally.count(401) == 5U, tally.summary());
  BOOST_TEST(tally.count(401) + tally.count(423) == tally.answered(), tally.summary());
}

BOOST_FIXTURE_TEST_CASE(five_guesses_are_checked_with_both_names_of_an_account, LockoutFixture) {
  const std::string name = unique_name();
  const std::string email = new_email();
  const std::string right = R"({"username":")" + name + R"(","password":"a long enough secret"})";
  BOOST_TEST_REQUIRE(
      client.post("/auth/register", R"({"email":")" + email + "\"," + right.substr(1)).status == 201);
  for (int i = 0; i < 5; ++i) {
    const std::string member = i % 2 == 0 ? R"({"email":")" + email : R"({"username":")" + name;
    expect_problem(client.post("/auth/login", member + R"(","password":"wrong"})"), 401,
                   "invalid_credentials");
  }
  // The right password is answered like a wrong one of an unknown account.
  const Response known = client.post("/auth/login", right);
  const Response unknown = client.post("/auth/login", login(new_email(), "a long enough secret"));
  for (const Response* response : {&known, &unknown}) {
    expect_problem(*response, 401, "invalid_credentials");
    BOOST_TEST(response->json()["detail"].text() == known.json()["detail"].text());
    BOOST_TEST(response->header("retry-after") == "");
  }
  static_cast<void>(
      stack.sql("update taskward.lockouts set locked_until = now() - interval '1 second' where "
                "subject = (select uuid_send(id) from taskward.users where email = '" +
                email + "') returning 1"));
  BOOST_TEST(client.post("/auth/login", right).status == 200);
}

BOOST_FIXTURE_TEST_CASE(successful_login_resets_the_failure_count, LockoutFixture) {
  const User user = new_user(stack);
  for (int round = 0; round < 2; ++round) {
    fail_logins(user.email, 4);
    BOOST_TEST(client.post("/auth/login", credentials(user)).status == 200);
  }
}

BOOST_AUTO_TEST_SUITE_END()
