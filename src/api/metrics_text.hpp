// Metrics in the Prometheus text format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats).
#pragma once

#include <string>
#include <string_view>

#include "taskward/model/metrics.hpp"

namespace taskward::api {

inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

/// In the order of the metric list; a metric without series is omitted. Histogram buckets are cumulative.
[[nodiscard]] std::string metrics_text(const model::Samples& samples);

}  // namespace taskward::api
