#include "taskward/model/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace taskward::model {

std::uint64_t observations(const Sample& histogram) noexcept {
  return std::accumulate(histogram.buckets.begin(), histogram.buckets.end(), std::uint64_t{0});
}

std::optional<std::chrono::nanoseconds> quantile(const Sample& histogram, double share) noexcept {
  const std::uint64_t all = observations(histogram);
  if (all == 0) return std::nullopt;
  const double rank = std::clamp(share, 0.0, 1.0) * static_cast<double>(all);
  double below = 0;
  std::chrono::nanoseconds least{0};
  for (std::size_t i = 0; i < kBucketBounds.size(); ++i) {
    const auto count = static_cast<double>(histogram.buckets[i]);
    const std::chrono::nanoseconds most = kBucketBounds[i].most;
    if (count > 0 && below + count >= rank) {
      const double part = (rank - below) / count;
      return least +
             std::chrono::nanoseconds(std::llround(part * static_cast<double>((most - least).count())));
    }
    below += count;
    least = most;
  }
  return least;
}

Sample difference(const Sample& later, const Sample& earlier) noexcept {
  const auto minus = [](std::uint64_t a, std::uint64_t b) { return a < b ? 0 : a - b; };
  Sample out;
  out.value = std::max(0.0, later.value - earlier.value);
  for (std::size_t i = 0; i < kBuckets; ++i) out.buckets[i] = minus(later.buckets[i], earlier.buckets[i]);
  out.nanoseconds = minus(later.nanoseconds, earlier.nanoseconds);
  return out;
}

}  // namespace taskward::model
