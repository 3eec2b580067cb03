// Quantiles and differences of samples.
#include "taskward/model/histogram.hpp"

#include <boost/test/unit_test.hpp>

namespace taskward::testing {
namespace {

using namespace model;
using namespace std::chrono_literals;

Sample of(std::initializer_list<std::chrono::nanoseconds> durations) {
  Sample sample;
  for (const auto duration : durations) {
    ++sample.buckets[bucket_of(duration)];
    sample.nanoseconds += static_cast<std::uint64_t>(duration.count());
  }
  return sample;
}

BOOST_AUTO_TEST_SUITE(histogram)

BOOST_AUTO_TEST_CASE(nothing_has_no_quantile) {
  BOOST_TEST(!quantile(Sample(), 0.5).has_value());
  BOOST_TEST(observations(Sample()) == 0U);
}

BOOST_AUTO_TEST_CASE(quantile_is_interpolated_within_its_bucket) {
  // Both in the bucket from 10 to 25 ms.
  const Sample two = of({12ms, 20ms});
  BOOST_TEST((*quantile(two, 0.5) == 17'500us));
  BOOST_TEST((*quantile(two, 1) == 25ms));
  BOOST_TEST(observations(two) == 2U);
}

BOOST_AUTO_TEST_CASE(median_and_tail_are_in_different_buckets) {
  Sample sample;
  sample.buckets[bucket_of(800us)] = 98;
  sample.buckets[bucket_of(2s)] = 2;
  BOOST_TEST((*quantile(sample, 0.5) < 1ms));
  BOOST_TEST((*quantile(sample, 0.99) > 1s));
}

BOOST_AUTO_TEST_CASE(longest_durations_are_reported_as_the_largest_bound) {
  BOOST_TEST((*quantile(of({60s}), 0.5) == 10s));
}

BOOST_AUTO_TEST_CASE(share_is_limited_to_what_exists) {
  BOOST_TEST((*quantile(of({12ms}), 7) == 25ms));
  BOOST_TEST((*quantile(of({12ms}), -1) == 10ms));
}

BOOST_AUTO_TEST_CASE(difference_counts_what_came_between) {
  Sample later = of({12ms, 20ms, 3s});
  later.value = 5;
  Sample earlier = of({12ms});
  earlier.value = 2;
  const Sample between = difference(later, earlier);
  BOOST_TEST(between.value == 3);
  BOOST_TEST(observations(between) == 2U);
  BOOST_TEST(between.nanoseconds == 3'020'000'000U);
}

BOOST_AUTO_TEST_CASE(counter_that_began_again_gives_zero) {
  Sample earlier = of({12ms, 12ms});
  earlier.value = 9;
  const Sample between = difference(of({12ms}), earlier);
  BOOST_TEST(between.value == 0);
  BOOST_TEST(observations(between) == 0U);
  BOOST_TEST(between.nanoseconds == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
