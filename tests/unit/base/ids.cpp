#include "taskward/base/ids.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "tests/support/counting_random.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/support_random.hpp"

namespace taskward {
namespace {

using std::chrono::milliseconds;
using testing::CountingRandom;
using testing::FixedClock;

constexpr std::string_view kRfcExample = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";  // RFC 9562, A.6

static_assert(!std::is_convertible_v<UserId, TaskId> && !std::is_constructible_v<TaskId, UserId>);

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(uuid_v7_reproduces_the_example_of_rfc_9562) {
  const auto rfc = Uuid::parse(kRfcExample);
  BOOST_REQUIRE(rfc);
  struct FromRfc final : RandomSource {
    Uuid bits;
    explicit FromRfc(Uuid of) : bits(of) {}
    void fill(std::span<std::uint8_t> bytes) override {
      std::copy_n(bits.bytes.begin(), bytes.size(), bytes.begin());
    }
  } random(*rfc);
  // The twelve bits after the version, cc3, are the tick within the millisecond; 797 µs is tick cc0.
  const FixedClock clock(Timestamp(milliseconds(1'645'557'742'000)) + std::chrono::microseconds(797));
  for (int tick = 0xcc0; tick < 0xcc3; ++tick) static_cast<void>(clock.next_tick());
  BOOST_TEST(make_uuid_v7(clock, random).text() == kRfcExample);
}

BOOST_AUTO_TEST_CASE(version_and_variant_bits_are_always_set) {
  const FixedClock clock;
  for (int first = 0; first < 256; ++first) {
    CountingRandom random(static_cast<std::uint8_t>(first));
    const std::string text = make_uuid_v7(clock, random).text();
    BOOST_REQUIRE_EQUAL(text[14], '7');
    BOOST_REQUIRE(std::string_view("89ab").find(text[19]) != std::string_view::npos);
  }
}

BOOST_AUTO_TEST_CASE(remaining_62_bits_come_from_the_random_source) {
  testing::ConstantRandom ones(0xff);
  testing::ConstantRandom zeros(0);
  const FixedClock clock(Timestamp(milliseconds(0)));
  BOOST_TEST(make_uuid_v7(clock, ones).text() == "00000000-0000-7000-bfff-ffffffffffff");
  BOOST_TEST(make_uuid_v7(clock, zeros).text() == "00000000-0000-7001-8000-000000000000");
}

BOOST_AUTO_TEST_CASE(ids_sort_in_the_order_in_which_they_were_made) {
  FixedClock clock;
  CountingRandom random;
  TaskId before = TaskId::make(clock, random);
  const auto make_and_compare = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const TaskId after = TaskId::make(clock, random);
      BOOST_REQUIRE(before < after);
      before = after;
    }
  };
  // More than a millisecond has ticks.
  make_and_compare(10'000);
  // A clock that is set back a little.
  clock.advance(-std::chrono::seconds(5));
  make_and_compare(10);
  clock.advance(std::chrono::seconds(6));
  make_and_compare(10);
  // An hour back, the time in the id is the clock's again.
  clock.advance(-std::chrono::hours(1));
  BOOST_TEST((TaskId::make(clock, random) < before));
}

BOOST_AUTO_TEST_CASE(concurrent_threads_make_different_ids_in_order) {
  const SystemClock clock;
  std::vector<std::vector<std::int64_t>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made)
      threads.emplace_back([&] {
        for (int i = 0; i < 20'000; ++i) mine.push_back(clock.next_tick());
      });
  }
  std::set<std::int64_t> all;
  for (const auto& mine : made) {
    BOOST_TEST(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  BOOST_TEST(all.size() == 80'000U);
}

BOOST_AUTO_TEST_CASE(uuids_of_later_milliseconds_sort_later) {
  FixedClock clock(Timestamp(milliseconds(255)));
  CountingRandom random(0xff);
  auto before = TaskId::make(clock, random);
  for (int step = 0; step < 2000; ++step) {
    clock.advance(milliseconds(1 + 977 * step));
    const auto after = TaskId::make(clock, random);
    BOOST_REQUIRE(before < after);
    BOOST_REQUIRE_LT(before.text(), after.text());
    before = after;
  }
}

BOOST_AUTO_TEST_CASE(uuids_of_the_same_millisecond_differ) {
  const FixedClock clock;
  CountingRandom random;
  BOOST_TEST(UserId::make(clock, random).text() != UserId::make(clock, random).text());
}

BOOST_AUTO_TEST_CASE(formatted_id_parses_to_the_same_id) {
  const FixedClock clock;
  CountingRandom random;
  for (int i = 0; i < 100; ++i) {
    const auto id = SessionId::make(clock, random);
    const auto again = SessionId::parse(id.text());
    BOOST_REQUIRE(again);
    BOOST_REQUIRE(*again == id);
  }
}

BOOST_AUTO_TEST_CASE(uppercase_uuid_is_accepted_and_formatted_in_lowercase) {
  const auto id = Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
  BOOST_REQUIRE(id);
  BOOST_TEST(id->text() == kRfcExample);
}

BOOST_AUTO_TEST_CASE(invalid_character_at_any_position_is_rejected) {
  for (std::size_t position = 0; position < kRfcExample.size(); ++position) {
    const bool is_dash = kRfcExample[position] == '-';
    for (int c = 0; c < 256; ++c) {
      const char replacement = static_cast<char>(c);
      const bool is_hex =
          std::string_view("0123456789abcdefABCDEF").find(replacement) != std::string_view::npos;
      std::string text(kRfcExample);
      text[position] = replacement;
      BOOST_REQUIRE_EQUAL(Uuid::parse(text).has_value(), is_dash ? replacement == '-' : is_hex);
    }
  }
}

BOOST_AUTO_TEST_CASE(uuid_of_another_length_or_form_is_rejected) {
  for (std::size_t length = 0; length < kRfcExample.size(); ++length) {
    BOOST_TEST(!Uuid::parse(kRfcExample.substr(0, length)));
  }
  const std::string text(kRfcExample);
  for (const std::string& more :
       {text + '0', text + '\0', ' ' + text, '{' + text + '}', "urn:uuid:" + text}) {
    BOOST_TEST(!Uuid::parse(more), more);
  }
  BOOST_TEST(!Uuid::parse("017f22e279b07cc398c4dc0c0c07398f"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
