// More logins than can be hashed in time: each gets its response or 503, and other requests are served.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "running_stack.hpp"
#include "users.hpp"
#include "worker_memory.hpp"

namespace {

using namespace taskward::test;
using Clock = std::chrono::steady_clock;

}  // namespace

BOOST_AUTO_TEST_SUITE(hashing_flood)

BOOST_AUTO_TEST_CASE(login_flood_is_answered_or_503_and_blocks_no_other_request,
                     *boost::unit_test::label("slow")) {
  // One slot and a wait of one second overload the pool on any machine; with four threads, requests wait for
  // the slot as well as in the socket's queue.
  const Stack stack({{"BCRYPT_COST", "10"},
                     {"ENVIRONMENT", ""},
                     {"HASHING_SLOTS", "1"},
                     {"HASHING_WAIT", "1"},
                     {"AUTH_THREADS", "4"}});
  User user{"", new_email(), "a long enough secret", {}};
  // A slow machine may exceed the second even for a single request.
  BOOST_REQUIRE(eventually(std::chrono::seconds(60), [&] {
    return stack.client().post("/auth/register", credentials(user)).status == 201;
  }));
  const std::string login = credentials(user);
  BOOST_REQUIRE(eventually(std::chrono::seconds(60), [&] {
    const Response response = stack.client().post("/auth/login", login);
    if (response.status == 200) user.tokens = tokens_of(response);
    return response.status == 200;
  }));
  const auto workers = stack.workers();
  const long before = resident_memory(workers.at("auth-1"));
  const auto start = Clock::now();

  Load logins(stack, 48, [&](HttpClient& client, std::size_t) { return client.post("/auth/login", login); });
  Load registrations(stack, 16, [&](HttpClient& client, std::size_t) {
    return client.post("/auth/register",
                       R"({"email":")" + new_email() + R"(","password":"a long enough secret"})");
  });
  Load reads(stack, 2,
             [&](HttpClient& client, std::size_t) { return client.get("/tasks", user.tokens.access); });
  Load health(stack, 1, [&](HttpClient& client, std::size_t) { return client.get("/healthz"); });
  // The flood is at its height when logins succeed and time out, and the other clients have been served.
  BOOST_TEST(eventually(std::chrono::seconds(120), [&] {
    return logins.answered(200) > 0 && logins.answered(503) >= 48 && registrations.answered(503) >= 16 &&
           reads.answered(200) > 10 && health.answered(200) > 10;
  }));
  const long during = resident_memory(workers.at("auth-1"));
  const Tally healthy = health.finish();
  const Tally read = reads.finish();
  const Tally registered = registrations.finish();
  const Tally logged_in = logins.finish();
  const auto end = Clock::now();
  // It would take longer if abandoned logins were still processed first.
  const bool is_over = eventually(std::chrono::seconds(10),
                                  [&] { return stack.client().post("/auth/login", login).status == 200; });

  BOOST_TEST(logged_in.count(200) > 0U, logged_in.summary());
  BOOST_TEST(logged_in.answered() == logged_in.count(200) + logged_in.count(503), logged_in.summary());
  BOOST_TEST(registered.answered() == registered.count(201) + registered.count(503), registered.summary());
  BOOST_TEST(logged_in.count(503) > 0U, logged_in.summary());
  BOOST_TEST(registered.count(503) > 0U, registered.summary());
  for (const Tally& flood : {logged_in, registered}) {
    BOOST_TEST(flood.unanswered == 0U, flood.summary());
    for (const Response& refusal : flood.refusals) {
      expect_problem(refusal, 503, "service_unavailable");
      BOOST_TEST(refusal.header("retry-after") == "3");
    }
  }
  for (const Tally& other_requests : {read, healthy}) {
    BOOST_TEST(other_requests.count(200) > 10U, other_requests.summary());
    BOOST_TEST(other_requests.answered() == other_requests.count(200), other_requests.summary());
    BOOST_TEST(other_requests.unanswered == 0U, other_requests.summary());
    // A request blocked by the flood would wait for its end.
    BOOST_TEST((other_requests.longest < end - start), other_requests.summary());
  }
  BOOST_TEST(is_over);
  BOOST_TEST((stack.workers() == workers));
  // The sanitizer's allocator does not return freed memory.
  if (!is_sanitized())
    BOOST_TEST(during - before < 32L * 1024, "grew from " << before << " to " << during << " KiB");
}

BOOST_AUTO_TEST_SUITE_END()
