// What is calculated from the samples of a metric.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "taskward/model/metrics.hpp"

namespace taskward::model {

/// The number of observations of a histogram.
[[nodiscard]] std::uint64_t observations(const Sample& histogram) noexcept;
/// The duration below which a share of the observations is, from 0 to 1, interpolated within a bucket as
/// Prometheus' histogram_quantile does; at most the largest bound. Nothing if there are no observations.
[[nodiscard]] std::optional<std::chrono::nanoseconds> quantile(const Sample& histogram,
                                                               double share) noexcept;
/// What was counted between two samples. Zero where a counter has begun again at zero.
[[nodiscard]] Sample difference(const Sample& later, const Sample& earlier) noexcept;

}  // namespace taskward::model
