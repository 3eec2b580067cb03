// Metrics for monitoring.
#pragma once

#include <chrono>
#include <string_view>

#include "taskward/domain/resources.hpp"
#include "taskward/model/metrics.hpp"

namespace taskward::domain {

/// The timeout of the database query; a scraper times out after a few seconds.
inline constexpr std::chrono::milliseconds kMetricsWait{1'000};

/// Whether a client with this address may read the metrics.
[[nodiscard]] bool may_read_metrics(const Rules& rules, std::string_view address);

/// The sums over the processes of this host, and the state of the service according to the database. If the
/// database does not answer in time, database_up is 0 and its other metrics are omitted.
[[nodiscard]] model::Samples gather_metrics(const Resources& resources);

}  // namespace taskward::domain
