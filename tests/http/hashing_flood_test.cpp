// More logins than can be hashed: each is answered, in time or with an honest 503, and the rest goes on.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "expectations.hpp"
#include "load.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// KiB of memory that the process has now.
long memory_of(int process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/status");
  for (std::string word; in >> word;) {
    long amount = 0;
    if (word == "VmRSS:" && in >> amount) return amount;
  }
  throw std::runtime_error("no memory is told of process " + std::to_string(process));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hashing_flood)

BOOST_AUTO_TEST_CASE(a_flood_of_logins_waits_or_gets_503_and_takes_nothing_else_with_it) {
  // One second and one slot, so that the flood is one on any machine; four threads, so that they wait at
  // the gate as well as in the socket's queue.
  const Stack stack({{"BCRYPT_COST", "10"},
                     {"ENVIRONMENT", ""},
                     {"HASHING_SLOTS", "1"},
                     {"HASHING_WAIT", "1"},
                     {"AUTH_THREADS", "4"}});
  const Person person = join(stack);
  const std::string login = credentials(person);
  const auto workers = stack.workers();
  const long before = memory_of(workers.at("auth-1"));
  const auto begun = Clock::now();

  Load logins(stack, 48, [&](HttpClient& client, std::size_t) { return client.post("/auth/login", login); });
  Load joins(stack, 16, [&](HttpClient& client, std::size_t) {
    return client.post("/auth/register",
                       R"({"email":")" + new_email() + R"(","password":"a long enough secret"})");
  });
  Load reads(stack, 2,
             [&](HttpClient& client, std::size_t) { return client.get("/tasks", person.tokens.access); });
  Load health(stack, 1, [&](HttpClient& client, std::size_t) { return client.get("/healthz"); });
  std::this_thread::sleep_for(std::chrono::seconds(5));
  const long during = memory_of(workers.at("auth-1"));
  const Tally healthy = health.finish();
  const Tally read = reads.finish();
  const Tally joined = joins.finish();
  const Tally logged_in = logins.finish();
  const auto ended = Clock::now();
  const Answer after = stack.client().post("/auth/login", login);
  const auto taken = std::chrono::duration_cast<milliseconds>(Clock::now() - ended);

  BOOST_TEST(logged_in.count(200) > 0U, logged_in.summary());
  BOOST_TEST(logged_in.answered() == logged_in.count(200) + logged_in.count(503), logged_in.summary());
  BOOST_TEST(joined.answered() == joined.count(201) + joined.count(503), joined.summary());
  BOOST_TEST(logged_in.count(503) > 0U, logged_in.summary());
  BOOST_TEST(joined.count(503) > 0U, joined.summary());
  for (const Tally& flood : {logged_in, joined}) {
    BOOST_TEST(flood.unanswered == 0U, flood.summary());
    for (const Answer& refusal : flood.refusals) {
      expect_problem(refusal, 503, "service_unavailable");
      BOOST_TEST(refusal.header("retry-after") == "3");
    }
  }
  for (const Tally& others : {read, healthy}) {
    BOOST_TEST(others.count(200) > 10U, others.summary());
    BOOST_TEST(others.answered() == others.count(200), others.summary());
    BOOST_TEST(others.unanswered == 0U, others.summary());
    // What the flood held up would wait for its end.
    BOOST_TEST((others.longest < ended - begun), others.summary());
  }
  BOOST_TEST(after.status == 200, after.body);
  // Behind logins that nobody waits for any more it would take longer.
  BOOST_TEST(taken.count() < 10'000);
  BOOST_TEST((stack.workers() == workers));
  // AddressSanitizer keeps what is freed.
  if (built_programs().filename() != "sanitize")
    BOOST_TEST(during - before < 32L * 1024, "grew from " << before << " to " << during << " KiB");
}

BOOST_AUTO_TEST_SUITE_END()
