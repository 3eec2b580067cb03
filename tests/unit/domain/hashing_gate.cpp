#include "taskward/domain/hashing_gate.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <latch>
#include <thread>
#include <vector>

#include "tests/support/fixed_clock.hpp"
#include "tests/unit/support_outcome.hpp"

namespace taskward::domain {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Steady = std::chrono::steady_clock;
using testing::FixedClock;
using testing::outcome;

milliseconds elapsed_since(Steady::time_point started) {
  return std::chrono::duration_cast<milliseconds>(Steady::now() - started);
}

BOOST_AUTO_TEST_SUITE(hashing_gate)

BOOST_AUTO_TEST_CASE(concurrency_never_exceeds_the_slots_and_all_callers_pass) {
  constexpr int slots = 3;
  HashingGate gate(slots, seconds(30));
  const FixedClock clock;
  std::atomic<int> inside{0};
  std::atomic<int> max_inside{0};
  std::atomic<int> pass_count{0};
  std::latch start(16);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        for (int round = 0; round < 20; ++round) {
          const auto pass = gate.enter(clock.now(), clock);
          if (!pass) continue;
          const int now = ++inside;
          for (int seen = max_inside; seen < now && !max_inside.compare_exchange_weak(seen, now);) {
          }
          std::this_thread::sleep_for(std::chrono::microseconds(200));
          --inside;
          ++pass_count;
        }
      });
    }
  }
  BOOST_TEST(max_inside == slots);
  BOOST_TEST(pass_count == 16 * 20);
}

BOOST_AUTO_TEST_CASE(caller_without_a_slot_times_out_with_retry_after) {
  HashingGate gate(1, milliseconds(200));
  const FixedClock clock;
  const auto first = gate.enter({}, clock);
  BOOST_TEST_REQUIRE(outcome(first) == "ok");
  const auto started = Steady::now();
  const auto rejected = gate.enter(clock.now(), clock);
  BOOST_TEST(elapsed_since(started).count() >= 200);
  BOOST_TEST_REQUIRE(outcome(rejected) == "service_unavailable");
  BOOST_TEST((rejected.error().retry_after == kHashingRetryAfter));
  BOOST_TEST(!rejected.error().detail.empty());
}

BOOST_AUTO_TEST_CASE(time_since_sending_counts_towards_the_timeout) {
  HashingGate gate(1, seconds(60));
  const FixedClock clock;
  const auto first = gate.enter({}, clock);
  const auto started = Steady::now();
  BOOST_TEST(outcome(gate.enter(clock.now() - milliseconds(59'900), clock)) == "service_unavailable");
  BOOST_TEST(elapsed_since(started).count() >= 100);
  BOOST_TEST(elapsed_since(started).count() < 30'000);
}

BOOST_AUTO_TEST_CASE(expired_request_is_rejected_even_if_a_slot_is_free) {
  HashingGate gate(1, seconds(60));
  const FixedClock clock;
  const auto started = Steady::now();
  for (const auto age : {milliseconds(60'000), milliseconds(60'001), milliseconds(3'600'000)}) {
    BOOST_TEST(outcome(gate.enter(clock.now() - age, clock)) == "service_unavailable");
  }
  BOOST_TEST(elapsed_since(started).count() < 30'000);
}

BOOST_AUTO_TEST_CASE(implausible_send_time_counts_as_now) {
  HashingGate gate(1, seconds(1));
  const FixedClock clock;
  BOOST_TEST(outcome(gate.enter(std::nullopt, clock)) == "ok");
  BOOST_TEST(outcome(gate.enter(clock.now() + seconds(1), clock)) == "ok");
  BOOST_TEST(outcome(gate.enter(clock.now() - kMaxRequestAge - milliseconds(1), clock)) == "ok");
  BOOST_TEST(outcome(gate.enter(Timestamp{}, clock)) == "ok");
}

BOOST_AUTO_TEST_CASE(moved_pass_releases_its_slot_exactly_once) {
  HashingGate gate(1, milliseconds(50));
  const FixedClock clock;
  {
    auto first = gate.enter({}, clock);
    BOOST_TEST_REQUIRE(outcome(first) == "ok");
    const HashingGate::Pass moved = std::move(*first);
    BOOST_TEST(outcome(gate.enter({}, clock)) == "service_unavailable");
  }
  const auto again = gate.enter({}, clock);
  BOOST_TEST(outcome(again) == "ok");
  BOOST_TEST(outcome(gate.enter({}, clock)) == "service_unavailable");
}

BOOST_AUTO_TEST_CASE(waiting_caller_enters_when_a_slot_is_released) {
  HashingGate gate(1, seconds(30));
  const FixedClock clock;
  std::optional<Result<HashingGate::Pass>> first(gate.enter({}, clock));
  std::jthread waiting([&] { BOOST_TEST(outcome(gate.enter(clock.now(), clock)) == "ok"); });
  std::this_thread::sleep_for(milliseconds(50));
  first.reset();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
