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

milliseconds since(Steady::time_point begun) {
  return std::chrono::duration_cast<milliseconds>(Steady::now() - begun);
}

BOOST_AUTO_TEST_SUITE(hashing_gate)

BOOST_AUTO_TEST_CASE(never_more_are_inside_than_there_are_slots_and_all_get_in) {
  constexpr int slots = 3;
  HashingGate gate(slots, seconds(30));
  const FixedClock clock;
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::atomic<int> passed{0};
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
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
          }
          std::this_thread::sleep_for(std::chrono::microseconds(200));
          --inside;
          ++passed;
        }
      });
    }
  }
  BOOST_TEST(most == slots);
  BOOST_TEST(passed == 16 * 20);
}

BOOST_AUTO_TEST_CASE(who_finds_no_slot_waits_as_long_as_it_may_and_is_told_when_to_come_again) {
  HashingGate gate(1, milliseconds(200));
  const FixedClock clock;
  const auto held = gate.enter({}, clock);
  BOOST_TEST_REQUIRE(outcome(held) == "ok");
  const auto begun = Steady::now();
  const auto refused = gate.enter(clock.now(), clock);
  BOOST_TEST(since(begun).count() >= 200);
  BOOST_TEST_REQUIRE(outcome(refused) == "service_unavailable");
  BOOST_TEST((refused.error().retry_after == kHashingRetryAfter));
  BOOST_TEST(!refused.error().detail.empty());
}

BOOST_AUTO_TEST_CASE(what_passed_before_counts) {
  HashingGate gate(1, seconds(60));
  const FixedClock clock;
  const auto held = gate.enter({}, clock);
  const auto begun = Steady::now();
  BOOST_TEST(outcome(gate.enter(clock.now() - milliseconds(59'900), clock)) == "service_unavailable");
  BOOST_TEST(since(begun).count() >= 100);
  BOOST_TEST(since(begun).count() < 30'000);
}

BOOST_AUTO_TEST_CASE(who_comes_too_late_is_refused_at_once_even_where_there_is_room) {
  HashingGate gate(1, seconds(60));
  const FixedClock clock;
  const auto begun = Steady::now();
  for (const auto age : {milliseconds(60'000), milliseconds(60'001), milliseconds(3'600'000)}) {
    BOOST_TEST(outcome(gate.enter(clock.now() - age, clock)) == "service_unavailable");
  }
  BOOST_TEST(since(begun).count() < 30'000);
}

BOOST_AUTO_TEST_CASE(a_moment_that_cannot_be_counts_as_now) {
  HashingGate gate(1, seconds(1));
  const FixedClock clock;
  BOOST_TEST(outcome(gate.enter(std::nullopt, clock)) == "ok");
  BOOST_TEST(outcome(gate.enter(clock.now() + seconds(1), clock)) == "ok");
  BOOST_TEST(outcome(gate.enter(clock.now() - kSentAtMost - milliseconds(1), clock)) == "ok");
  BOOST_TEST(outcome(gate.enter(Timestamp{}, clock)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_pass_gives_its_slot_back_once_wherever_it_was_moved) {
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

BOOST_AUTO_TEST_CASE(who_waits_gets_in_when_somebody_leaves) {
  HashingGate gate(1, seconds(30));
  const FixedClock clock;
  std::optional<Result<HashingGate::Pass>> held(gate.enter({}, clock));
  std::jthread waiting([&] { BOOST_TEST(outcome(gate.enter(clock.now(), clock)) == "ok"); });
  std::this_thread::sleep_for(milliseconds(50));
  held.reset();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
